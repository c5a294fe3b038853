#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

namespace mhcnn {

/// Decodes a grey JPEG 2000 codestream (bare, or in a JP2 file) of `rows` x `columns`, which the
/// caller has checked against the size limit. Returns the low `bits` bits of each sample as stored,
/// two's complement where it is negative. Throws Error(kCorrupt) where the stream is damaged, cut
/// short or of another size; kUnsupported for colour or more than 16 bits.
cv::Mat1w DecodeJpeg2000(std::span<const std::uint8_t> stream, int rows, int columns, int bits);

/// Encodes samples of `bits` significant bits; `rate` 0 is reversible, else lossy at about rate:1.
std::vector<std::uint8_t> EncodeJpeg2000(const cv::Mat1w& samples, int bits, double rate);

}  // namespace mhcnn
