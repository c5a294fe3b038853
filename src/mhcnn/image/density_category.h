#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace mhcnn {

/// BI-RADS breast composition (ACR BI-RADS Atlas, 5th edition). The numbers 0 to 3 are those of a
/// model's class probabilities.
enum class DensityCategory { kA, kB, kC, kD };

inline constexpr std::array<DensityCategory, 4> kDensityCategories = {
    DensityCategory::kA, DensityCategory::kB, DensityCategory::kC, DensityCategory::kD};

/// Percents from which the category is b, c and d, as published for an area tool.
inline constexpr std::array<double, 3> kPublishedCutPoints = {14.5, 19.5, 26.5};

/// Returns 'a' to 'd'.
char Letter(DensityCategory category);
/// The same of a number 0 to 3 as text. Throws Error(kInternal) for another number.
std::string CategoryLetter(int category);
/// The same; empty where there is no category.
std::string CategoryLetter(const std::optional<int>& category);

/// The category of one letter, 'a' to 'd' in lower case; nothing for any other text.
std::optional<DensityCategory> FromLetter(std::string_view letter);
/// The same as a number 0 to 3.
std::optional<int> CategoryNumber(std::string_view letter);

/// The category of a percent density by the cut points, which rise; a percent that equals one gets
/// the higher category.
DensityCategory CategoryOfPercent(double percent,
                                  const std::array<double, 3>& cut_points = kPublishedCutPoints);

}  // namespace mhcnn
