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

namespace {

const Code* Choose(ExamSide side, const Code& left, const Code& right, const Code& both) {
  switch (side) {
    case ExamSide::kLeft:
      return &left;
    case ExamSide::kRight:
      return &right;
    case ExamSide::kBoth:
      return &both;
    case ExamSide::kNone:
      break;
  }
  return nullptr;
}

ExamSide OneSide(Laterality laterality) {
  if (laterality == Laterality::kUnknown) return ExamSide::kNone;
  return laterality == Laterality::kLeft ? ExamSide::kLeft : ExamSide::kRight;
}

}  // namespace

const Code* SideCode(ExamSide side) {
  return Choose(side, codes::kLeft, codes::kRight, codes::kBilateral);
}

const Code* BreastSideCode(ExamSide side) {
  return Choose(side, codes::kLeftBreast, codes::kRightBreast, codes::kBothBreasts);
}

const Code* SideCode(Laterality laterality) { return SideCode(OneSide(laterality)); }

const Code* BreastSideCode(Laterality laterality) { return BreastSideCode(OneSide(laterality)); }

}  // namespace mhcnn
