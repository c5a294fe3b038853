#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mhcnn {

// Checks of the fields of options structs. `name` is the field as the user knows it, e.g.
// "threads" or "key 'data.folds'". Each throws Error(kUsage) "NAME must …, it is VALUE".

/// Throws where the value does not lie in `low` to `high`, both included; NaN lies nowhere.
void CheckRange(std::string_view name, double value, double low, double high);
/// Throws where the value is not above `low` and below `high`.
void CheckBetween(std::string_view name, double value, double low, double high);
/// Throws where the value is below `low` or not finite.
void CheckAtLeast(std::string_view name, double value, double low);

/// Returns the options after their Check(), for members that are made of options.
template <typename O>
O Checked(O options) {
  options.Check();
  return options;
}

/// Returns the index of a word among the words of an enumeration. Throws Error(kUsage) "NAME is
/// 'word', not one of a, b, c".
std::size_t FindChoice(std::string_view name, std::string_view word,
                       std::span<const char* const> words);

}  // namespace mhcnn
