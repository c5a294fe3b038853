#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Returns values that other packages computed (scripts/goldens/make_stats_goldens.py), e.g.
/// "/paired/mcnemar". By value: a loop over a part of a temporary would outlive it.
inline nlohmann::json StatsGoldens(const std::string& section) {
  const auto goldens = nlohmann::json::parse(
      ReadTextFile(std::string(MHCNN_SOURCE_DIR) + "/tests/data/goldens/stats.json"));
  nlohmann::json part = goldens.at(nlohmann::json::json_pointer(section));
  EXPECT_FALSE(part.empty());
  return part;
}

/// Returns the mask of a golden: rows of text in which # is set.
inline cv::Mat1b ToMask(const nlohmann::json& json) {
  const auto rows = json.get<std::vector<std::string>>();
  cv::Mat1b mask(static_cast<int>(rows.size()), static_cast<int>(rows[0].size()));
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) mask(y, x) = rows[y][x] == '#' ? 255 : 0;
  }
  return mask;
}

/// Returns a mask in which each pixel is set (to 1) with this chance.
inline cv::Mat1b RandomMask(int rows, int columns, double fraction, std::uint64_t seed) {
  RandomStream random(seed);
  cv::Mat1b mask(rows, columns);
  for (auto& pixel : mask) pixel = random.Chance(fraction) ? 1 : 0;
  return mask;
}

inline std::vector<double> Doubles(const nlohmann::json& json) {
  return json.get<std::vector<double>>();
}

inline void ExpectNear(const Statistic& found, double wanted, double tolerance = 1e-10) {
  ASSERT_TRUE(found.defined()) << found.undefined;
  EXPECT_TRUE(found.undefined.empty());
  EXPECT_NEAR(*found.value, wanted, tolerance * std::max(1.0, std::abs(wanted)));
}

/// Expects an estimate near `wanted`: value, low, high.
inline void ExpectNear(const Estimate& found, const std::vector<double>& wanted,
                       double tolerance = 1e-10) {
  ExpectNear(found.value, wanted[0], tolerance);
  ExpectNear(found.low, wanted[1], tolerance);
  ExpectNear(found.high, wanted[2], tolerance);
}

inline void ExpectUndefined(const Statistic& found, const std::string& reason) {
  EXPECT_FALSE(found.defined());
  EXPECT_EQ(found.undefined, reason);
  EXPECT_TRUE(std::isnan(found.ValueOrNaN()));
}

/// Returns the indices 0..count-1 in random order.
inline std::vector<std::size_t> Shuffled(std::size_t count, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) {
    order[i] = i;
    std::swap(order[i], order[random.Integer(static_cast<std::uint32_t>(i + 1))]);
  }
  return order;
}

}  // namespace mhcnn
