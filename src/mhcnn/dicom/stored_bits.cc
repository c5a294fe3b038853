#include "mhcnn/dicom/stored_bits.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "mhcnn/dicom/display.h"

namespace mhcnn {
namespace {

/// Which bits of a word are the value.
struct BitLayout {
  int shift = 0, bits = 16;
  bool is_signed = false;
  bool operator==(const BitLayout&) const = default;
  int ToValue(std::uint16_t word) const {
    return ToStoredValue(static_cast<std::uint16_t>(word >> shift), bits, is_signed);
  }
};

/// The header's own reading. A codestream of just the stored bits holds them right-aligned,
/// whatever High Bit says; one of fewer has its sign at its own highest bit.
BitLayout LayoutFromHeader(const SampleWords& samples, const PixelHeader& header) {
  BitLayout layout;
  if (samples.width > header.high_bit) layout.shift = header.high_bit + 1 - header.stored;
  layout.bits = std::min(header.stored, samples.width - layout.shift);
  layout.is_signed = header.is_signed;
  return layout;
}

/// Returns whether the codestream contradicts the header's sign or leaves it open.
bool SignIsOpen(const SampleWords& samples, const PixelHeader& header) {
  const bool other_sign = samples.is_signed.value_or(header.is_signed) != header.is_signed;
  const bool fewer_bits =
      samples.is_codestream && samples.width < header.stored && header.is_signed;
  return other_sign || fewer_bits;
}

/// Samples that are the Pixel Padding Value, where Bits Stored cannot hold it.
Mask PaddedWords(const SampleWords& samples, const PixelHeader& header) {
  constexpr int kWidth = 16;  // of the padding value's own VR
  if (!header.padding || samples.width != kWidth || header.stored == kWidth) return {};
  const int limit = header.padding_limit.value_or(*header.padding);
  const auto [low, high] = std::minmax({*header.padding, limit});
  const int half = 1 << (header.stored - 1);
  const bool fits = header.is_signed ? low >= -half && high < half : low >= 0 && high < 2 * half;
  if (fits) return {};
  Mask padded(samples.words.size());
  for (int row = 0; row < padded.rows; ++row) {
    for (int column = 0; column < padded.cols; ++column) {
      const int value = ToStoredValue(samples.words(row, column), kWidth, header.is_signed);
      padded(row, column) = value >= low && value <= high ? 255 : 0;
    }
  }
  return cv::countNonZero(padded) == 0 ? Mask() : padded;
}

bool IsPadded(const Mask& padded, int row, int column) {
  return !padded.empty() && padded(row, column) != 0;
}

/// Differences of neighbours in a row, and of the values as a whole.
struct Variation {
  double between_neighbours = 0;  ///< mean absolute difference
  double deviation = 0;           ///< standard deviation
  double Roughness() const { return between_neighbours / std::max(deviation, 1e-9); }
};

Variation Measure(const SampleWords& samples, const Mask& padded, const BitLayout& layout) {
  double steps = 0, sum = 0, squares = 0;
  std::size_t count = 0;
  for (int row = 0; row < samples.words.rows; ++row) {
    const std::uint16_t* words = samples.words[row];
    for (int column = 1; column < samples.words.cols; ++column) {
      if (IsPadded(padded, row, column) || IsPadded(padded, row, column - 1)) continue;
      const double value = layout.ToValue(words[column]);
      steps += std::abs(value - layout.ToValue(words[column - 1]));
      sum += value;
      squares += value * value;
      ++count;
    }
  }
  if (count == 0) return {};
  const auto n = static_cast<double>(count);
  return {steps / n, std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)))};
}

/// Bits that are set in some word.
int BitsSet(const cv::Mat1w& words) {
  int set = 0;
  for (int row = 0; row < words.rows; ++row) {
    const std::uint16_t* from = words[row];
    std::uint16_t here = 0;  // the loop is a few vector instructions
    for (int column = 0; column < words.cols; ++column) here |= from[column];
    set |= here;
  }
  return set;
}

/// Returns whether two readings give all words that are not padded the same values.
bool Agree(const SampleWords& samples, const Mask& padded, const BitLayout& a, const BitLayout& b) {
  if (a == b) return true;
  if (padded.empty() && !a.is_signed && !b.is_signed && a.shift == b.shift) {
    // Values without a sign differ by bits that only one reading takes.
    const auto mask = [](int bits) { return (1 << bits) - 1; };
    return (BitsSet(samples.words) >> a.shift & (mask(a.bits) ^ mask(b.bits))) == 0;
  }
  // Of each word once: a picture has many more pixels.
  std::vector<std::uint8_t> differs(std::size_t{1} << 16);
  for (std::size_t word = 0; word < differs.size(); ++word) {
    const auto value = static_cast<std::uint16_t>(word);
    differs[word] = a.ToValue(value) != b.ToValue(value) ? 1 : 0;
  }
  for (int row = 0; row < samples.words.rows; ++row) {
    const std::uint16_t* words = samples.words[row];
    for (int column = 0; column < samples.words.cols; ++column) {
      if (differs[words[column]] != 0 && !IsPadded(padded, row, column)) return false;
    }
  }
  return true;
}

/// The bits that the values take, at least those stated.
int BitsNeeded(const SampleWords& samples, const Mask& padded, const BitLayout& layout,
               int at_least) {
  int smallest = 0, largest = 0;
  for (int row = 0; row < samples.words.rows; ++row) {
    for (int column = 0; column < samples.words.cols; ++column) {
      if (IsPadded(padded, row, column)) continue;
      const int value = layout.ToValue(samples.words(row, column));
      smallest = std::min(smallest, value);
      largest = std::max(largest, value);
    }
  }
  const auto fits = [&](int bits) {
    if (!layout.is_signed) return largest < 1 << bits;
    return largest < 1 << (bits - 1) && smallest >= -(1 << (bits - 1));
  };
  int bits = std::min(at_least, layout.bits);
  while (bits < layout.bits && !fits(bits)) ++bits;
  return bits;
}

/// All bits of a word instead of the header's, where some beyond them are set and the picture is
/// the smoother for them. A picture cut to fewer bits has smaller steps whatever they mean, so they
/// are compared with the deviation of its values.
BitLayout ChooseBits(const SampleWords& samples, const Mask& padded, const PixelHeader& header,
                     const BitLayout& own) {
  BitLayout all = own;
  all.bits = samples.width - own.shift;
  if (all.bits <= own.bits || Agree(samples, padded, own, all)) return own;
  const auto roughness = [&](BitLayout layout) {
    double least = Measure(samples, padded, layout).Roughness();
    if (SignIsOpen(samples, header)) {
      layout.is_signed = !layout.is_signed;
      least = std::min(least, Measure(samples, padded, layout).Roughness());
    }
    return least;
  };
  return roughness(all) < roughness(own) ? all : own;
}

/// The sign that makes smaller steps, where it is open.
BitLayout ChooseSign(const SampleWords& samples, const Mask& padded, const PixelHeader& header,
                     const BitLayout& layout) {
  BitLayout other = layout;
  other.is_signed = !layout.is_signed;
  if (!SignIsOpen(samples, header) || Agree(samples, padded, layout, other)) return layout;
  const double own_steps = Measure(samples, padded, layout).between_neighbours;
  return Measure(samples, padded, other).between_neighbours < own_steps ? other : layout;
}

}  // namespace

bool BitsMayConflict(int precision, bool is_signed, const PixelHeader& header) {
  return is_signed != header.is_signed || precision > header.stored;
}

StoredPixels ResolveBits(const SampleWords& samples, const PixelHeader& header) {
  StoredPixels stored;
  stored.padded = PaddedWords(samples, header);
  const BitLayout own = LayoutFromHeader(samples, header);
  const BitLayout chosen_bits = ChooseBits(samples, stored.padded, header, own);
  BitLayout chosen = ChooseSign(samples, stored.padded, header, chosen_bits);
  stored.bits_conflict = !Agree(samples, stored.padded, own, chosen);
  if (stored.bits_conflict) {
    chosen.bits = BitsNeeded(samples, stored.padded, chosen, own.bits);
  }
  stored.bits = chosen.bits;
  stored.is_signed = chosen.is_signed;
  stored.patterns.create(samples.words.size());
  const int mask = (1 << chosen.bits) - 1;
  for (int row = 0; row < samples.words.rows; ++row) {
    const std::uint16_t* from = samples.words[row];
    std::uint16_t* to = stored.patterns[row];
    for (int column = 0; column < samples.words.cols; ++column) {
      to[column] = static_cast<std::uint16_t>((from[column] >> chosen.shift) & mask);
    }
  }
  return stored;
}

}  // namespace mhcnn
