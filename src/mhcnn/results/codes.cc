#include "mhcnn/results/codes.h"

#include <array>

namespace mhcnn {

const std::vector<NamedCode>& AllCodes() {
  static const std::vector<NamedCode> all = {
#define MHCNN_CODE(name, value, scheme, meaning, context) {#name, codes::k##name, context},
#include "mhcnn/results/codes.inc"
#undef MHCNN_CODE
  };
  return all;
}

const Code& CompositionCode(DensityCategory category) {
  static constexpr std::array<const Code*, 4> by_category = {
      &codes::kAlmostEntirelyFat, &codes::kScatteredDensities, &codes::kHeterogeneouslyDense,
      &codes::kExtremelyDense};
  return *by_category.at(static_cast<std::size_t>(ToIndex(category)));
}

const Code* SideCode(Laterality laterality) {
  switch (laterality) {
    case Laterality::kLeft:
      return &codes::kLeft;
    case Laterality::kRight:
      return &codes::kRight;
    case Laterality::kUnknown:
      break;
  }
  return nullptr;
}

const Code* BreastSideCode(Laterality laterality) {
  switch (laterality) {
    case Laterality::kLeft:
      return &codes::kLeftBreast;
    case Laterality::kRight:
      return &codes::kRightBreast;
    case Laterality::kUnknown:
      break;
  }
  return nullptr;
}

}  // namespace mhcnn
