#include "mhcnn/stats/published_percent_density.h"

#include <algorithm>
#include <cmath>

#include "mhcnn/stats/distributions.h"

namespace mhcnn {

PublishedPercentDensity::Root PublishedPercentDensity::ToSquareRootNormal() const {
  const double deviation = (std::sqrt(high) - std::sqrt(low)) / (2 * NormalQuantile(0.95));
  // The mean of a square is the square of the mean and the variance.
  return {std::sqrt(std::max(mean - deviation * deviation, 0.5)), deviation};
}

double PublishedPercentDensity::Quantile(double p) const {
  const Root root = ToSquareRootNormal();
  const double value = std::max(0.0, root.mean + root.deviation * NormalQuantile(p));
  return value * value;
}

}  // namespace mhcnn
