#pragma once

#include <cstdint>

namespace mhcnn {

// The distributions that intervals and tests need, computed by Boost.Math, which no other file
// includes. Probabilities lie strictly between 0 and 1, degrees of freedom above 0.

/// Returns the z with P(Z <= z) = p, Z standard normal.
double NormalQuantile(double p);
/// Returns P(Z > z), accurate in the far tail.
double NormalSurvival(double z);
/// Returns the t with P(T <= t) = p, T Student's with `freedom` degrees of freedom.
double StudentQuantile(double p, double freedom);
/// Returns the f with P(F <= f) = p, F Fisher's with these degrees of freedom.
double FisherQuantile(double p, double numerator, double denominator);
/// Returns P(X <= k), X the number of heads in `n` throws of a fair coin.
double FairCoinCdf(std::int64_t k, std::int64_t n);

}  // namespace mhcnn
