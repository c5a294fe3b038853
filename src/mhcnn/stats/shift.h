#pragma once

#include <vector>

#include "mhcnn/stats/statistic.h"

namespace mhcnn {

/// Returns the population stability index: the sum of (q - p) ln(q / p) over the bins, p and q the
/// fractions of the reference and of the new sample, half a case added to every bin so that an
/// empty one gives no infinity. By custom below 0.1 is no change, above 0.25 a large one. Undefined
/// without cases on either side, or with fewer than two bins.
Statistic PopulationStability(const std::vector<double>& reference,
                              const std::vector<double>& sample);

/// Returns the ends of `bins` bins with equal parts of the values (the last bin has no end); fewer
/// bins if values repeat.
std::vector<double> QuantileBins(std::vector<double> values, int bins);
/// Returns the number of values in each bin: up to and with the first end, ..., above the last.
std::vector<double> CountInBins(const std::vector<double>& values, const std::vector<double>& ends);

/// Result of a two-sample Kolmogorov-Smirnov test: the largest distance of the two distribution
/// functions, and the probability of one as large if nothing differs, by the asymptotic series with
/// Stephens' correction (J. R. Stat. Soc. B 32, 1970).
struct KolmogorovSmirnov {
  Statistic distance, p;  ///< largest distance, and its p value
};
/// Tests whether two samples come from one distribution. Undefined without cases on either side.
KolmogorovSmirnov TestKolmogorovSmirnov(std::vector<double> first, std::vector<double> second);

/// Returns the two-sided p value of the difference of two fractions, k of n and l of m, by the
/// normal approximation with the pooled fraction; 1 if both are 0 or both are 1.
double FractionDifferenceP(std::size_t k, std::size_t n, std::size_t l, std::size_t m);

}  // namespace mhcnn
