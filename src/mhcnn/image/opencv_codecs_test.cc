#include "mhcnn/image/opencv_codecs.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <vector>

namespace mhcnn {
namespace {

TEST(OpenCvCodecs, DecodeWhatOpenCvWrote) {
  const cv::Mat1b picture = (cv::Mat1b(2, 3) << 1, 2, 3, 4, 5, 6);
  std::vector<uchar> file;
  cv::imencode(".bmp", picture, file);
  const cv::Mat decoded = DecodeByOpenCv(
      cv::Mat(1, static_cast<int>(file.size()), CV_8U, file.data()), cv::IMREAD_GRAYSCALE);
  EXPECT_EQ(cv::countNonZero(decoded != picture), 0);
  EXPECT_TRUE(DecodeByOpenCv(cv::Mat1b(1, 8, uchar{7}), cv::IMREAD_GRAYSCALE).empty());
}

// What the program does, which is not linked with the library: tests/fast_path.sh runs it.
TEST(OpenCvCodecs, LibraryHasTheFunctionUnderItsName) {
  void* library = ::dlopen(MHCNN_IMGCODECS, RTLD_LAZY | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << ::dlerror();
  EXPECT_NE(::dlsym(library, "_ZN2cv8imdecodeERKNS_11_InputArrayEi"), nullptr);
}

}  // namespace
}  // namespace mhcnn
