// The index of a DICOM medium.
#include "mhcnn/base/error.h"
#include "mhcnn/dicom/dicomdir.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  try {
    mhcnn::ReadDicomDir(file.path());
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
