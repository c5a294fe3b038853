#include "mhcnn/image/jpeg_encode.h"

#include <cstdlib>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/image/jpeg_errors.h"

namespace mhcnn {
namespace {

constexpr std::size_t kHead = 6;  // start of image, marker of a comment, its length

/// Holds what libjpeg allocates, so that nothing with a destructor lies between setjmp and longjmp.
class Encoder {
 public:
  Encoder() { info_.err = &errors_.standard; }
  ~Encoder() {
    jpeg_destroy_compress(&info_);
    std::free(bytes_);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  /// Writes `pixels`, grey or RGB.
  bool Write(const cv::Mat& pixels, const JpegOptions& options) {
    if (setjmp(errors_.give_up) != 0) {
      bytes_ = nullptr;  // libjpeg may have freed it while it grew: better lost than freed twice
      return false;
    }
    jpeg_create_compress(&info_);
    jpeg_mem_dest(&info_, &bytes_, &size_);
    info_.image_width = static_cast<JDIMENSION>(pixels.cols);
    info_.image_height = static_cast<JDIMENSION>(pixels.rows);
    info_.input_components = pixels.channels();
    info_.in_color_space = pixels.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info_);
    jpeg_set_quality(&info_, options.quality, TRUE);
    if (options.full_colour)
      info_.comp_info[0].h_samp_factor = info_.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&info_, TRUE);
    while (info_.next_scanline < info_.image_height) {
      JSAMPROW row = const_cast<JSAMPROW>(pixels.ptr(static_cast<int>(info_.next_scanline)));
      jpeg_write_scanlines(&info_, &row, 1);
    }
    jpeg_finish_compress(&info_);
    return true;
  }
  std::span<const std::uint8_t> bytes() const { return {bytes_, size_}; }

 private:
  JpegErrors errors_{[](j_common_ptr, int) {}};
  jpeg_compress_struct info_{};
  unsigned char* bytes_ = nullptr;
  unsigned long size_ = 0;
};

}  // namespace

void JpegOptions::Check() const {
  CheckRange("quality", quality, 1, 100);
  // T.81, B.2.4.5: a segment states its size, with the two bytes of the size, in 16 bits.
  CheckRange("size of the comment", static_cast<double>(comment.size()), 0, 65'533);
}

std::vector<std::uint8_t> EncodeJpegFile(const cv::Mat& image, const JpegOptions& options) {
  options.Check();
  cv::Mat pixels;  // not a view of the image, into which the conversion would write
  if (image.type() == CV_8UC3) {
    cv::cvtColor(image, pixels, cv::COLOR_BGR2RGB);
  } else {
    pixels = image;
  }
  Encoder encoder;
  const bool known = image.type() == CV_8UC1 || image.type() == CV_8UC3;
  if (!known || !encoder.Write(pixels, options) || encoder.bytes().size() < 2)
    throw Error(ErrorCode::kInternal, "a picture could not be encoded as JPEG");
  const auto bytes = encoder.bytes();
  std::vector<std::uint8_t> file(bytes.begin(), bytes.begin() + 2);
  if (!options.comment.empty()) {
    // Right after the start of the image (T.81, B.2.4.5), where a look at the first bytes finds it.
    const std::size_t size = options.comment.size() + 2;
    file.insert(file.end(), {0xFF, 0xFE, static_cast<std::uint8_t>(size >> 8),
                             static_cast<std::uint8_t>(size)});
    file.insert(file.end(), options.comment.begin(), options.comment.end());
  }
  file.insert(file.end(), bytes.begin() + 2, bytes.end());
  return file;
}

std::string ReadJpegComment(std::span<const std::uint8_t> head) {
  if (head.size() < kHead || head[0] != 0xFF || head[1] != 0xD8 || head[2] != 0xFF ||
      head[3] != 0xFE) {
    return "";
  }
  const std::size_t size = std::size_t{head[4]} << 8 | head[5];
  if (size < 2 || head.size() < kHead + size - 2) return "";
  return {reinterpret_cast<const char*>(head.data()) + kHead, size - 2};
}

}  // namespace mhcnn
