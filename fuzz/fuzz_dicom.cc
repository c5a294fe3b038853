// A DICOM file: structure, header, scope and pixels.
#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  try {
    mhcnn::ReadDicomMammogram(file.path(), {.convert_raw = true});
  } catch (const mhcnn::Error&) {
  }
  try {
    mhcnn::ReadDicomMetadata(file.path());
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
