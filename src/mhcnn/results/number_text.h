#pragma once

#include <optional>
#include <string>

namespace mhcnn {

/// Returns a figure in the digits of results.csv and of each result object, so that all of them
/// have the same digits; "" if there is nothing to print. The next two functions do the same. A
/// category is printed by ToLetter().
std::string PercentText(const std::optional<double>& percent);  ///< returns "23.4"
std::string AreaText(const std::optional<double>& cm2);         ///< returns "101.53"
std::string ProbabilityText(double probability);                ///< returns "0.7312"

/// Returns the difference of two printed percent densities, `to` minus `from`: "4.1". Exact in the
/// printed digits.
std::string PercentDifferenceText(const std::string& from, const std::string& to);
/// Returns a printed probability as a percent: "73.12" for "0.7312".
std::string ProbabilityToPercentText(double probability);

}  // namespace mhcnn
