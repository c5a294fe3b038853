#include "mhcnn/results/number_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace mhcnn {
namespace {

std::string Fixed(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "";
}

/// A printed decimal in units of its last digit.
long Units(const std::string& text, double scale) {
  return std::lround(std::strtod(text.c_str(), nullptr) * scale);
}

}  // namespace

std::string PercentText(const std::optional<double>& percent) { return Fixed(percent, 1); }
std::string AreaText(const std::optional<double>& cm2) { return Fixed(cm2, 2); }
std::string ProbabilityText(double probability) { return Fixed(probability, 4); }

std::string PercentDifferenceText(const std::string& from, const std::string& to) {
  return Fixed(static_cast<double>(Units(to, 10) - Units(from, 10)) / 10, 1);
}

std::string ProbabilityToPercentText(double probability) {
  return Fixed(static_cast<double>(Units(ProbabilityText(probability), 1e4)) / 100, 2);
}

}  // namespace mhcnn
