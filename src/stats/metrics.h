#pragma once

#include <cstdint>
#include <functional>
#include <opencv2/core.hpp>
#include <vector>

namespace mhcnn {

/// 2 |A and B| / (|A| + |B|); 1 where both are empty.
double Dice(const cv::Mat1b& a, const cv::Mat1b& b);
double Mean(const std::vector<double>& values);
/// Mean of |a - b|.
double MeanAbsoluteError(const std::vector<double>& a, const std::vector<double>& b);
/// Pearson's r; NaN where one side is constant.
double Pearson(const std::vector<double>& a, const std::vector<double>& b);
/// Spearman's rho: Pearson's r of mid-ranks.
double Spearman(const std::vector<double>& a, const std::vector<double>& b);

struct Interval {
  double value, low, high;
};
/// Percentile bootstrap (Efron 1979) over cases: `statistic` gets the indices of a resample. NaNs
/// are left out.
Interval Bootstrap(std::size_t cases,
                   const std::function<double(const std::vector<std::size_t>&)>& statistic,
                   std::uint64_t seed = 1, int resamples = 2000, double coverage = 0.95);

}  // namespace mhcnn
