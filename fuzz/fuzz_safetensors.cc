// A safetensors file: tensors, and a checkpoint's metadata.
#include "mhcnn/base/error.h"
#include "mhcnn/model/checkpoint.h"
#include "mhcnn/model/safetensors.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  try {
    mhcnn::ReadSafetensors(file.path());
  } catch (const mhcnn::Error&) {
  }
  try {
    mhcnn::ReadCheckpoint(file.path());
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
