#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mhcnn {

/// BI-RADS breast composition (ACR BI-RADS Atlas, 5th edition). The category of an image is
/// decided in analyze/category_decision.h, that of an exam in results/studies.h.
enum class DensityCategory { kA, kB, kC, kD };

/// All categories, a to d.
inline constexpr std::array<DensityCategory, 4> kDensityCategories = {
    DensityCategory::kA, DensityCategory::kB, DensityCategory::kC, DensityCategory::kD};

/// Percent densities from which the category is b, c and d, as published for an area tool.
inline constexpr std::array<double, 3> kPublishedCutPoints = {14.5, 19.5, 26.5};

/// Returns 0 to 3: the place of a category in a model's class probabilities and in the tables of
/// `stats`.
constexpr int ToIndex(DensityCategory category) { return static_cast<int>(category); }
/// Returns the category at a place. Throws Error(kInternal) for a place outside 0 to 3.
DensityCategory CategoryFromIndex(std::int64_t index);

/// Returns whether a category is "dense" in laws and reports: c or d.
constexpr bool IsDense(DensityCategory category) { return category >= DensityCategory::kC; }
/// Returns "a" to "d".
std::string ToLetter(DensityCategory category);
/// Returns the letter, or an empty text where there is no category.
std::string ToLetter(const std::optional<DensityCategory>& category);
/// Reads one letter, "a" to "d" in lower case. Returns nothing for any other text.
std::optional<DensityCategory> CategoryFromLetter(std::string_view letter);
/// Reads a category as readers and other programs write it: a letter a to d or a number 1 to 4, in
/// upper or lower case, with blanks around it, after nothing or "BI-RADS", "BIRADS" or "ACR".
/// Returns nothing for any other text.
std::optional<DensityCategory> CategoryFromText(std::string_view text);

/// Returns the category of a percent density by the cut points, which rise. A percent that equals
/// one gets the higher category.
DensityCategory CategoryFromPercent(double percent,
                                    const std::array<double, 3>& cut_points = kPublishedCutPoints);

/// Returns the category with the highest of four probabilities (or counts); of equal ones the
/// first.
DensityCategory MostProbableCategory(std::span<const double> probabilities);

/// The categories `low` to `high`, without gaps.
struct CategoryRange {
  /// The lowest and the highest category of the range.
  DensityCategory low = DensityCategory::kA, high = DensityCategory::kA;

  /// Returns whether a category is in the range, the ends included.
  bool Contains(DensityCategory category) const { return low <= category && category <= high; }
  /// Returns the number of categories in the range, 1 to 4.
  int Count() const { return ToIndex(high) - ToIndex(low) + 1; }
  /// Compares both ends.
  friend bool operator==(const CategoryRange&, const CategoryRange&) = default;
};

/// Returns "b" or "b-c".
std::string ToText(const CategoryRange& range);
/// Reads what ToText() gives. Returns nothing for any other text.
std::optional<CategoryRange> CategoryRangeFromText(std::string_view text);

}  // namespace mhcnn
