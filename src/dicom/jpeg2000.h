#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

namespace mhcnn {

/// Decodes a grey JPEG 2000 codestream (bare, or in a JP2 file) of `rows` x `columns`, which the
/// caller has checked against the size limit; High-throughput JPEG 2000 (T.814) too. With `reduce`
/// > 0 the picture is decoded at 1 / 2^reduce of its size (rounded up), at most as far as it has
/// levels. Returns the low `bits` bits of each sample as stored, two's complement where it is
/// negative. Throws Error(kCorrupt) where the stream is damaged, cut short or of another size;
/// kUnsupported for colour or more than 16 bits.
cv::Mat1w DecodeJpeg2000(std::span<const std::uint8_t> stream, int rows, int columns, int bits,
                         int reduce = 0);
/// How often the picture can be halved with its longer side still `wanted` pixels; 0 where it
/// cannot.
int ReductionFor(std::span<const std::uint8_t> stream, int wanted);

/// Encodes samples of `bits` significant bits; `rate` 0 is reversible, else lossy at about rate:1.
std::vector<std::uint8_t> EncodeJpeg2000(const cv::Mat1w& samples, int bits, double rate);

}  // namespace mhcnn
