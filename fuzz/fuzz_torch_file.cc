// A torch.save file, read with the restricted unpickler.
#include "mhcnn/base/error.h"
#include "mhcnn/model/torch_file.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  try {
    mhcnn::ReadTorchFile(file.path());
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
