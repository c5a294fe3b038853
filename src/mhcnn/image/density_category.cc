#include "mhcnn/image/density_category.h"

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr std::string_view kLetters = "abcd";

}  // namespace

char Letter(DensityCategory category) { return kLetters[static_cast<std::size_t>(category)]; }

std::string CategoryLetter(int category) {
  if (category < 0 || category > 3) {
    throw Error(ErrorCode::kInternal, "there is no category " + std::to_string(category));
  }
  return std::string(1, Letter(static_cast<DensityCategory>(category)));
}

std::string CategoryLetter(const std::optional<int>& category) {
  return category ? CategoryLetter(*category) : "";
}

std::optional<DensityCategory> FromLetter(std::string_view letter) {
  const auto number = CategoryNumber(letter);
  return number ? std::optional(static_cast<DensityCategory>(*number)) : std::nullopt;
}

std::optional<int> CategoryNumber(std::string_view letter) {
  if (letter.size() != 1) return std::nullopt;
  const std::size_t at = kLetters.find(letter.front());
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<int>(at);
}

DensityCategory CategoryOfPercent(double percent, const std::array<double, 3>& cut_points) {
  int category = 0;
  for (const double cut : cut_points) category += percent >= cut;
  return static_cast<DensityCategory>(category);
}

}  // namespace mhcnn
