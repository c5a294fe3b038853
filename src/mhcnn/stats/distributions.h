#pragma once

#include <cstdint>

namespace mhcnn {

// The distributions that intervals and tests need, computed by Boost.Math, which no other file
// includes. Probabilities lie strictly between 0 and 1, degrees of freedom above 0.

/// The z with P(Z <= z) = p, Z standard normal.
double NormalQuantile(double p);
/// P(Z > z), accurate in the far tail.
double NormalTail(double z);
/// The t with P(T <= t) = p, T Student's with `freedom` degrees of freedom.
double StudentQuantile(double p, double freedom);
/// The f with P(F <= f) = p, F Fisher's with `numerator` and `denominator` degrees of freedom.
double FisherQuantile(double p, double numerator, double denominator);
/// P(X <= k) of `n` throws of a fair coin.
double FairCoinAtMost(std::int64_t k, std::int64_t n);

}  // namespace mhcnn
