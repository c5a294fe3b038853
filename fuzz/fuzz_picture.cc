// A PNG, TIFF, JPEG or PGM, and where it is one, the way to the network's input.
#include <opencv2/core.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/preprocess/preprocess.h"
#include "mhcnn/preprocess/quality.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  try {
    const mhcnn::GreyImage picture = mhcnn::ReadGreyImage(file.path());
    const mhcnn::Prepared prepared =
        mhcnn::Preprocess(picture, {.input_height = 64, .input_width = 64});
    mhcnn::AssessImage(picture, prepared);
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
