#include "mhcnn/stats/agreement.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/stats/distributions.h"

namespace mhcnn {
namespace {

double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Returns whether all are equal, exactly: a sum of squares about a rounded mean need not be 0.
bool Constant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
}

/// Sums of squares and products about the means.
struct Moments {
  double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
};

Moments ComputeMoments(std::span<const double> a, std::span<const double> b) {
  Moments m{.mean_a = Mean(a), .mean_b = Mean(b)};
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double da = a[i] - m.mean_a, db = b[i] - m.mean_b;
    m.aa += da * da;
    m.bb += db * db;
    m.ab += da * db;
  }
  return m;
}

Statistic Correlation(std::span<const double> truth, std::span<const double> predicted) {
  if (Constant(truth)) return Undefined("the truth is constant");
  if (Constant(predicted)) return Undefined("what was found is constant");
  const Moments m = ComputeMoments(truth, predicted);
  // Two roots, as the product of two small sums can underflow.
  const double r = m.ab / (std::sqrt(m.aa) * std::sqrt(m.bb));
  return Defined(std::isnan(r) ? r : std::clamp(r, -1.0, 1.0));
}

template <typename Function>
Statistic MeanError(const PairedValues& values, Function function) {
  if (const auto why = FindUndefinedReason(values, 1); !why.empty()) return Undefined(why);
  double sum = 0;
  for (std::size_t i = 0; i < values.truth.size(); ++i) {
    sum += function(values.predicted[i] - values.truth[i]);
  }
  return Defined(sum / static_cast<double>(values.truth.size()));
}

Estimate Around(double value, double half_width) {
  return {Defined(value), Defined(value - half_width), Defined(value + half_width)};
}

}  // namespace

Statistic Bias(const PairedValues& values) {
  return MeanError(values, [](double error) { return error; });
}

Statistic MeanAbsoluteError(const PairedValues& values) {
  return MeanError(values, [](double error) { return std::abs(error); });
}

Statistic RootMeanSquareError(const PairedValues& values) {
  const Statistic square = MeanError(values, [](double error) { return error * error; });
  return square.defined() ? Defined(std::sqrt(*square.value)) : square;
}

Statistic Pearson(const PairedValues& values) {
  if (const auto why = FindUndefinedReason(values, 2); !why.empty()) return Undefined(why);
  return Correlation(values.truth, values.predicted);
}

Statistic Spearman(const PairedValues& values) {
  if (const auto why = FindUndefinedReason(values, 2); !why.empty()) return Undefined(why);
  return Correlation(MidRanks(values.truth), MidRanks(values.predicted));
}

Statistic Concordance(const PairedValues& values) {
  if (const auto why = FindUndefinedReason(values, 2); !why.empty()) return Undefined(why);
  if (Constant(values.truth) && Constant(values.predicted)) {
    return Undefined("truth and what was found are constant");
  }
  const Moments m = ComputeMoments(values.truth, values.predicted);
  const double shift = m.mean_a - m.mean_b;
  return Defined(2 * m.ab /
                 (m.aa + m.bb + static_cast<double>(values.truth.size()) * shift * shift));
}

BlandAltman MeasureBlandAltman(const PairedValues& values, double coverage) {
  if (const auto why = FindUndefinedReason(values, 2); !why.empty()) {
    const Estimate undefined = UndefinedEstimate(why);
    return {undefined, Undefined(why), undefined, undefined};
  }
  const auto n = static_cast<double>(values.truth.size());
  const double bias = *Bias(values).value;
  double squares = 0;
  for (std::size_t i = 0; i < values.truth.size(); ++i) {
    const double off = values.predicted[i] - values.truth[i] - bias;
    squares += off * off;
  }
  constexpr double kLimit = 1.96;  // the paper's, rather than the exact quantile
  const double deviation = std::sqrt(squares / (n - 1));
  const double t = StudentQuantile((1 + coverage) / 2, n - 1);
  const double of_bias = t * deviation / std::sqrt(n);
  const double of_limit = t * deviation * std::sqrt(1 / n + kLimit * kLimit / (2 * (n - 1)));
  return {Around(bias, of_bias), Defined(deviation), Around(bias - kLimit * deviation, of_limit),
          Around(bias + kLimit * deviation, of_limit)};
}

}  // namespace mhcnn
