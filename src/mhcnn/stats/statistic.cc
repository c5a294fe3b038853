#include "mhcnn/stats/statistic.h"

#include <cmath>
#include <limits>
#include <utility>

namespace mhcnn {

double Statistic::ValueOrNaN() const {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

Statistic Defined(double value) {
  if (!std::isfinite(value)) return Undefined("not a finite number");
  Statistic statistic;
  statistic.value = value;
  return statistic;
}

Statistic Undefined(std::string reason) {
  Statistic statistic;
  statistic.undefined = std::move(reason);
  return statistic;
}

Estimate UndefinedEstimate(const std::string& reason) {
  return {Undefined(reason), Undefined(reason), Undefined(reason)};
}

Statistic MeanDefined(const std::vector<Statistic>& statistics) {
  double sum = 0;
  std::size_t count = 0;
  for (const auto& statistic : statistics) {
    if (!statistic.defined()) continue;
    sum += *statistic.value;
    ++count;
  }
  if (count == 0) return Undefined("nothing to take the mean of");
  return Defined(sum / static_cast<double>(count));
}

}  // namespace mhcnn
