#include "mhcnn/image/density_category.h"

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr std::string_view kLetters = "abcd";

}  // namespace

DensityCategory CategoryFromIndex(std::int64_t index) {
  if (index < 0 || index > 3) {
    throw Error(ErrorCode::kInternal, "there is no category " + std::to_string(index));
  }
  return static_cast<DensityCategory>(index);
}

std::string ToLetter(DensityCategory category) {
  return std::string(1, kLetters[static_cast<std::size_t>(category)]);
}

std::string ToLetter(const std::optional<DensityCategory>& category) {
  return category ? ToLetter(*category) : "";
}

std::optional<DensityCategory> CategoryFromLetter(std::string_view letter) {
  if (letter.size() != 1) return std::nullopt;
  const std::size_t at = kLetters.find(letter.front());
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<DensityCategory>(at);
}

std::optional<DensityCategory> CategoryFromText(std::string_view text) {
  std::string word = ToLower(Trim(std::string(text)));
  for (const std::string_view scale : {"bi-rads", "birads", "acr"}) {
    if (!word.starts_with(scale)) continue;
    word = Trim(word.substr(scale.size()));
    break;
  }
  if (word.size() == 1 && word[0] >= '1' && word[0] <= '4') return CategoryFromIndex(word[0] - '1');
  return CategoryFromLetter(word);
}

DensityCategory CategoryFromPercent(double percent, const std::array<double, 3>& cut_points) {
  int category = 0;
  for (const double cut : cut_points) category += percent >= cut;
  return static_cast<DensityCategory>(category);
}

DensityCategory MostProbableCategory(std::span<const double> probabilities) {
  if (probabilities.size() != kDensityCategories.size())
    throw Error(ErrorCode::kInternal, "there are not four probabilities");
  return CategoryFromIndex(std::ranges::max_element(probabilities) - probabilities.begin());
}

std::string ToText(const CategoryRange& range) {
  const std::string low = ToLetter(range.low), high = ToLetter(range.high);
  return low == high ? low : low + "-" + high;
}

std::optional<CategoryRange> CategoryRangeFromText(std::string_view text) {
  if (text.size() != 1 && (text.size() != 3 || text[1] != '-')) return std::nullopt;
  const auto low = CategoryFromLetter(text.substr(0, 1));
  const auto high = CategoryFromLetter(text.substr(text.size() - 1));
  if (!low || !high || *low > *high) return std::nullopt;
  return CategoryRange{*low, *high};
}

}  // namespace mhcnn
