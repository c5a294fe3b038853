#pragma once

#include <optional>
#include <string>

namespace mhcnn {

/// The digits in which a figure stands in results.csv and in each result object, so that all of
/// them say the same. Nothing to print is "".
/// A category is printed by ToLetter().
std::string PercentText(const std::optional<double>& percent);  ///< "23.4"
std::string AreaText(const std::optional<double>& cm2);         ///< "101.53"
std::string ProbabilityText(double probability);                ///< "0.7312"

/// Distance between two printed percents, `to` minus `from`: "4.1". Exact in the printed digits.
std::string PercentDistance(const std::string& from, const std::string& to);
/// A printed probability as a percent: "0.7312" is "73.12".
std::string ProbabilityAsPercent(double probability);

}  // namespace mhcnn
