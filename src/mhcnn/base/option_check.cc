#include "mhcnn/base/option_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

[[noreturn]] void Refuse(std::string_view name, const std::string& rule, double value) {
  throw Error(ErrorCode::kUsage, fmt::format("{} must {}, it is {}", name, rule, value));
}

}  // namespace

void CheckRange(std::string_view name, double value, double low, double high) {
  if (!(value >= low && value <= high))
    Refuse(name, fmt::format("lie in {} to {}", low, high), value);
}

void CheckBetween(std::string_view name, double value, double low, double high) {
  if (!(value > low && value < high))
    Refuse(name, fmt::format("be above {} and below {}", low, high), value);
}

void CheckAtLeast(std::string_view name, double value, double low) {
  if (!(value >= low) || std::isinf(value)) Refuse(name, fmt::format("be {} or more", low), value);
}

std::size_t FindChoice(std::string_view name, std::string_view word,
                       std::span<const char* const> words) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{} is '{}', not one of {}", name, word, fmt::join(words, ", ")));
  }
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace mhcnn
