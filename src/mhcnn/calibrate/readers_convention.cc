#include "mhcnn/calibrate/readers_convention.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mhcnn/stats/least_squares.h"

namespace mhcnn {
namespace {

/// Akaike's criterion of a fit by least squares; the least is the best.
double Akaike(std::size_t cases, double squares, int parameters) {
  return static_cast<double>(cases) * std::log(squares) + 2 * parameters;
}

/// Sum of squares that the readers' percent densities are off the scale's, which is not clamped
/// here.
double ResidualSumOfSquares(const std::vector<PercentPair>& pairs, const PercentScale& scale) {
  double sum = 0;
  for (const PercentPair& p : pairs) {
    const double off = p.truth - scale.intercept - scale.slope * p.predicted;
    sum += off * off;
  }
  return sum;
}

/// Whether a fit with these squares is worth its parameters.
bool IsBetter(const std::vector<PercentPair>& pairs, double squares, int parameters) {
  return Akaike(pairs.size(), squares, parameters) <
         Akaike(pairs.size(), ResidualSumOfSquares(pairs, {}), 0);
}

std::optional<std::size_t> FitThreshold(const std::vector<PercentPair>& pairs) {
  std::array<double, kDenseThresholds.size()> squares{};
  for (const PercentPair& p : pairs) {
    for (std::size_t i = 0; i < squares.size(); ++i)
      squares[i] += std::pow(p.truth - (*p.by_threshold)[i], 2);
  }
  const auto least = std::min_element(squares.begin(), squares.end());
  if (!IsBetter(pairs, *least, 1)) return std::nullopt;
  return static_cast<std::size_t>(least - squares.begin());
}

PercentScale FitScale(const std::vector<PercentPair>& pairs) {
  std::vector<double> predicted, truth;
  for (const PercentPair& p : pairs) {
    predicted.push_back(p.predicted);
    truth.push_back(p.truth);
  }
  const LinearFit line = FitLinear(predicted, truth);
  const PercentScale fitted{line.intercept, line.slope};
  const bool better = IsBetter(pairs, ResidualSumOfSquares(pairs, fitted), 2);
  return better && fitted.slope > 0 ? fitted : PercentScale{};
}

}  // namespace

FittedConvention FitConvention(const std::vector<PercentPair>& pairs, Convention convention) {
  FittedConvention fitted;
  if (convention == Convention::kLine) fitted.scale = FitScale(pairs);
  if (convention == Convention::kThreshold) fitted.threshold = FitThreshold(pairs);
  return fitted;
}

}  // namespace mhcnn
