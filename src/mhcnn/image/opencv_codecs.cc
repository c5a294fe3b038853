#include "mhcnn/image/opencv_codecs.h"

#include <dlfcn.h>

#include <string>

#include "mhcnn/base/error.h"

#define MHCNN_IMDECODE "_ZN2cv8imdecodeERKNS_11_InputArrayEi"

namespace mhcnn {

/// cv::imdecode under a name of ours; null where the program is not linked with the library.
cv::Mat LinkedDecode(cv::InputArray bytes, int flags) __asm__(MHCNN_IMDECODE) __attribute__((weak));

namespace {

using Decode = cv::Mat (*)(cv::InputArray, int);

Decode LoadDecode() {
  if (LinkedDecode != nullptr) return LinkedDecode;
  void* library = ::dlopen(MHCNN_IMGCODECS, RTLD_LAZY | RTLD_LOCAL);
  void* found = library ? ::dlsym(library, MHCNN_IMDECODE) : nullptr;
  if (!found) {
    throw Error(ErrorCode::kUnsupported,
                std::string("the library " MHCNN_IMGCODECS " cannot be loaded, which decodes it"),
                "", "install the package of OpenCV that contains it (Debian: libopencv-imgcodecs)");
  }
  return reinterpret_cast<Decode>(found);
}

}  // namespace

cv::Mat DecodeByOpenCv(const cv::Mat& bytes, int flags) {
  static const Decode decode = LoadDecode();
  return decode(bytes, flags);
}

}  // namespace mhcnn
