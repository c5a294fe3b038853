#include "mhcnn/image/png_file.h"

#include <png.h>
#include <zlib.h>

#include <bit>
#include <csetjmp>
#include <cstddef>
#include <new>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

/// The kind of pixels in the file, and how zlib compresses them.
struct Form {
  int depth = 8;                     ///< bits of a channel
  int colour = PNG_COLOR_TYPE_GRAY;  ///< libpng's name of the channels
  int filter = PNG_FILTER_SUB;
  int strategy = Z_DEFAULT_STRATEGY;
};

void Take(png_structp png, png_bytep data, png_size_t size) {
  auto& bytes = *static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  bool full = false;
  try {
    bytes.insert(bytes.end(), data, data + size);
  } catch (const std::bad_alloc&) {
    full = true;
  }
  if (full) png_error(png, "memory");
}

void Flush(png_structp) {}

[[noreturn]] void GiveUp(png_structp png, png_const_charp) { png_longjmp(png, 1); }

void Ignore(png_structp, png_const_charp) {}

/// Holds what libpng allocates, so that nothing with a destructor lies between setjmp and longjmp.
class Encoder {
 public:
  Encoder() : png_(png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, GiveUp, Ignore)) {
    if (png_) info_ = png_create_info_struct(png_);
  }
  ~Encoder() { png_destroy_write_struct(&png_, &info_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  /// Writes `rows`, which are as in the file but for the order of bytes and channels.
  bool Write(const cv::Mat& rows, int width, const Form& form, std::vector<std::uint8_t>& bytes) {
    if (!png_ || !info_) return false;
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_write_fn(png_, &bytes, Take, Flush);
    // The limits of libpng are meant for files of others.
    png_set_user_limits(png_, 0x7fffffff, 0x7fffffff);
    png_set_IHDR(png_, info_, static_cast<png_uint_32>(width), static_cast<png_uint_32>(rows.rows),
                 form.depth, form.colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    // One filter: to try each on every line takes two to three times the time, for 4 % of the size.
    png_set_filter(png_, PNG_FILTER_TYPE_BASE, form.filter);
    png_set_compression_level(png_, Z_BEST_SPEED);
    png_set_compression_strategy(png_, form.strategy);
    png_write_info(png_, info_);
    if (form.colour == PNG_COLOR_TYPE_RGB) png_set_bgr(png_);
    if (form.depth == 16 && std::endian::native == std::endian::little) png_set_swap(png_);
    for (int y = 0; y < rows.rows; ++y) png_write_row(png_, rows.ptr(y));
    png_write_end(png_, info_);
    return true;
  }

 private:
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

std::vector<std::uint8_t> Encode(const cv::Mat& rows, int width, const Form& form) {
  std::vector<std::uint8_t> bytes;
  bool made = false;
  {
    Encoder encoder;
    made = encoder.Write(rows, width, form, bytes);
  }
  if (!made) throw Error(ErrorCode::kInternal, "a picture could not be encoded as PNG");
  return bytes;
}

/// Four pixels of a row in each byte, the first in the highest bits. Returns false where a value is
/// none of the four labels.
bool PackRow(const std::uint8_t* pixels, int count, std::uint8_t* packed) {
  unsigned other = 0;
  const auto level = [&](std::uint8_t pixel) {
    const unsigned two = pixel >> 6;
    other |= (two * 85) ^ pixel;
    return two;
  };
  const int whole = count / 4;
  for (int i = 0; i < whole; ++i) {
    const std::uint8_t* four = pixels + std::ptrdiff_t{4} * i;
    packed[i] = static_cast<std::uint8_t>(level(four[0]) << 6 | level(four[1]) << 4 |
                                          level(four[2]) << 2 | level(four[3]));
  }
  if (count % 4 != 0) {
    unsigned last = 0;
    for (int k = 0; k < count % 4; ++k) last |= level(pixels[4 * whole + k]) << (6 - 2 * k);
    packed[whole] = static_cast<std::uint8_t>(last);
  }
  return other == 0;
}

}  // namespace

std::vector<std::uint8_t> EncodePngFile(const cv::Mat& image) {
  Form form;
  if (image.type() == CV_8UC3) {
    form.colour = PNG_COLOR_TYPE_RGB;
  } else if (image.type() == CV_16UC1) {
    form.depth = 16;
  } else if (image.type() == CV_8UC1) {
    form.strategy = Z_RLE;  // masks are long runs
  } else {
    throw Error(ErrorCode::kInternal, "a picture of this kind is not written as PNG");
  }
  return Encode(image, image.cols, form);
}

std::vector<std::uint8_t> EncodeLabelPng(const cv::Mat1b& labels) {
  cv::Mat1b packed(labels.rows, (labels.cols + 3) / 4);
  for (int y = 0; y < labels.rows; ++y) {
    if (!PackRow(labels.ptr(y), labels.cols, packed.ptr(y)))
      throw Error(ErrorCode::kInternal, "a label map has a value that is no label");
  }
  // Lines are like those above them: the difference to these is a run of zeros.
  return Encode(packed, labels.cols, {.depth = 2, .filter = PNG_FILTER_UP, .strategy = Z_RLE});
}

}  // namespace mhcnn
