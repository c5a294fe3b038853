#pragma once

#include <array>

namespace mhcnn {

/// Percent density of processed digital mammograms of one BI-RADS category, as published for
/// DM-Scan with three readers (SpringerPlus 2:242).
struct PublishedPercentDensity {
  double mean;  ///< mean percent
  double low;   ///< 5th percentile
  double high;  ///< 95th percentile

  /// Normal distribution of the square root of the percent.
  struct Root {
    double mean;       ///< mean of the square roots
    double deviation;  ///< standard deviation of the square roots
  };
  /// Returns the normal distribution on the square root of the percent that has these values.
  Root ToSquareRootNormal() const;
  /// Returns the percent below which the fraction `p` of the images lies, `p` within 0 and 1, ends
  /// excluded.
  double Quantile(double p) const;
};

/// Published percent densities of the categories a to d.
inline constexpr std::array<PublishedPercentDensity, 4> kPublishedPercentDensities = {
    {{7.4, 0, 18}, {21.3, 10, 37}, {34.5, 23, 49}, {48.8, 32, 66}}};

}  // namespace mhcnn
