#include "mhcnn/dicom/present_values.h"

#include <algorithm>
#include <cstdlib>
#include <functional>

namespace mhcnn {
namespace {

/// Values that are there and how often, in rising order; padding is left out.
std::vector<std::pair<int, std::size_t>> InOrder(const std::vector<std::size_t>& counts,
                                                 const DisplayParameters& p) {
  std::vector<std::pair<int, std::size_t>> values;
  for (std::size_t pattern = 0; pattern < counts.size(); ++pattern) {
    if (counts[pattern] == 0) continue;
    const int value = ToStoredValue(static_cast<std::uint16_t>(pattern), p.bits, p.is_signed);
    if (p.padding && value >= p.padding->first && value <= p.padding->second) continue;
    values.emplace_back(value, counts[pattern]);
  }
  std::sort(values.begin(), values.end());
  return values;
}

/// The first value at which more than `allowed` pixels are passed.
template <typename Iterator>
int End(Iterator from, Iterator to, std::size_t allowed) {
  std::size_t passed = 0;
  Iterator last = from;
  for (; from != to; last = from++) {
    if ((passed += from->second) > allowed) return from->first;
  }
  return last->first;
}

}  // namespace

std::vector<std::size_t> CountPatterns(const StoredPixels& stored) {
  std::vector<std::size_t> counts(std::size_t{1} << stored.bits);
  if (stored.padded.empty()) {
    // Two tables: counting a value twice in a row would wait for the first count.
    std::vector<std::size_t> odd(counts.size());
    for (int row = 0; row < stored.patterns.rows; ++row) {
      const std::uint16_t* patterns = stored.patterns[row];
      int column = 0;
      for (; column + 1 < stored.patterns.cols; column += 2) {
        ++counts[patterns[column]];
        ++odd[patterns[column + 1]];
      }
      if (column < stored.patterns.cols) ++counts[patterns[column]];
    }
    std::ranges::transform(counts, odd, counts.begin(), std::plus());
    return counts;
  }
  for (int row = 0; row < stored.patterns.rows; ++row) {
    const std::uint16_t* patterns = stored.patterns[row];
    const std::uint8_t* padded = stored.padded[row];
    for (int column = 0; column < stored.patterns.cols; ++column) {
      if (padded[column] == 0) ++counts[patterns[column]];
    }
  }
  return counts;
}

void SetPresentRange(const std::vector<std::size_t>& counts, DisplayParameters& p) {
  constexpr std::size_t kOneIn = 2000;
  const auto values = InOrder(counts, p);
  if (values.empty()) return;
  std::size_t total = 0;
  for (const auto& [value, count] : values) total += count;
  p.present = std::pair(End(values.begin(), values.end(), total / kOneIn),
                        End(values.rbegin(), values.rend(), total / kOneIn));
}

void SetRange(const std::vector<std::size_t>& counts, DisplayParameters& p) {
  if (!p.present) return;
  const auto [smallest, largest] = *p.present;
  const int width = largest - smallest;
  int span = 1;
  const bool from_zero = smallest >= 0 && (!p.padding || smallest <= width);
  while (span <= (from_zero ? largest : width)) span *= 2;
  if (from_zero) {
    p.range = std::pair(0, span - 1);
    return;
  }
  const bool turned = p.inverted != (p.slope < 0);
  const int darkest = turned ? largest : smallest;
  const auto at_dark_end = [&](int dark) {
    return turned ? std::pair(dark - span + 1, dark) : std::pair(dark, dark + span - 1);
  };
  if (!p.padding) {
    int lowest = -1;
    while (lowest > smallest) lowest *= 2;
    span = 1;
    while (span <= largest - lowest) span *= 2;
    p.range = std::pair(lowest, lowest + span - 1);
    return;
  }
  const int off = turned ? p.padding->first - darkest : darkest - p.padding->second;
  if (off >= 0 && off <= width / 2) {
    const int dark = turned ? p.padding->first : p.padding->second;
    while (span <= width + off) span *= 2;
    p.range = at_dark_end(dark);
    return;
  }
  std::size_t total = 0, dark_ones = 0;
  for (const auto& [value, count] : InOrder(counts, p)) {
    total += count;
    if (std::abs(value - darkest) <= width / 50) dark_ones += count;
  }
  const bool air_is_there = dark_ones * 7 > total;
  p.range = air_is_there ? at_dark_end(darkest)
            : turned     ? std::pair(smallest, smallest + span - 1)
                         : std::pair(largest - span + 1, largest);
}

bool ShowsMostlyWhite(const std::vector<std::size_t>& counts, const DisplayParameters& p) {
  if (!p.present || (!p.voi_table && !p.window)) return false;
  const auto [smallest, largest] = *p.present;
  const auto table = MakeDisplayTable(p);
  const std::size_t bits = table.size() - 1;
  // Grey rises with the stored value, or falls: the darker end of the picture is its background.
  const auto grey = [&](int value) { return table[static_cast<std::size_t>(value) & bits]; };
  const bool rises = grey(smallest) < grey(largest);
  const double end = (largest - smallest) / 20.0;
  std::size_t seen = 0, white = 0;
  for (const auto& [value, count] : InOrder(counts, p)) {
    const int above = rises ? value - smallest : largest - value;
    // What is at the picture's own white end (a label, an implant) is not the window's doing.
    if (above <= end || above >= largest - smallest - end) continue;
    seen += count;
    if (grey(value) == 65535) white += count;
  }
  return 2 * white > seen;
}

bool AssumePadding(const std::vector<std::size_t>& counts, DisplayParameters& p) {
  if (p.padding || p.voi_table || p.window) return false;
  const auto values = InOrder(counts, p);
  if (values.size() < 3) return false;
  std::size_t total = 0;
  for (const auto& [value, count] : values) total += count;
  const std::size_t least = total / 100;
  const auto gap = [&](std::size_t below) { return values[below + 1].first - values[below].first; };
  const std::size_t last = values.size() - 1;
  const int without_lowest = values[last].first - values[1].first;
  const int without_highest = values[last - 1].first - values[0].first;
  if (values[0].first < 0 && values[0].second >= least && gap(0) * 8 > without_lowest) {
    p.padding = std::pair(values[0].first, values[0].first);
  } else if (values[last].second >= least && gap(last - 1) > 3 * without_highest) {
    p.padding = std::pair(values[last].first, values[last].first);
  } else {
    return false;
  }
  return true;
}

}  // namespace mhcnn
