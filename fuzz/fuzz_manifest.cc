// A manifest, and the same bytes as CSV with another separator.
#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/data/manifest.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  try {
    auto samples = mhcnn::ReadManifest(file.path());
    mhcnn::SplitByPatient(samples, 0.2, 0.2, 1);
  } catch (const mhcnn::Error&) {
  }
  try {
    mhcnn::ParseCsv({reinterpret_cast<const char*>(data), size}, ';');
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
