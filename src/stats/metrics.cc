#include "stats/metrics.h"

#include <limits>
#include <numeric>

#include "stats/agreement.h"
#include "stats/segmentation.h"

namespace mhcnn {

double Dice(const cv::Mat1b& a, const cv::Mat1b& b) {
  return Dice(CountOverlap(a, b)).value.value_or(1.0);
}

double Mean(const std::vector<double>& values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double MeanAbsoluteError(const std::vector<double>& a, const std::vector<double>& b) {
  return MeanAbsoluteError(PairedValues{a, b}).ValueOrNaN();
}

double Pearson(const std::vector<double>& a, const std::vector<double>& b) {
  return Pearson(PairedValues{a, b}).ValueOrNaN();
}

double Spearman(const std::vector<double>& a, const std::vector<double>& b) {
  return Spearman(PairedValues{a, b}).ValueOrNaN();
}

}  // namespace mhcnn
