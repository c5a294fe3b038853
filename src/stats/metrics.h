#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "stats/bootstrap.h"

namespace mhcnn {

// Plain numbers, NaN where undefined; agreement.h and segmentation.h say why it is.

/// 2 |A and B| / (|A| + |B|); 1 where both are empty.
double Dice(const cv::Mat1b& a, const cv::Mat1b& b);
double Mean(const std::vector<double>& values);
/// Mean of |a - b|.
double MeanAbsoluteError(const std::vector<double>& a, const std::vector<double>& b);
/// Pearson's r; NaN where one side is constant.
double Pearson(const std::vector<double>& a, const std::vector<double>& b);
/// Spearman's rho: Pearson's r of mid-ranks.
double Spearman(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace mhcnn
