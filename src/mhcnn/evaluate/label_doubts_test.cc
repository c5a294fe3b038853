#include "mhcnn/evaluate/label_doubts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Cases with percent densities of 2 to 60, found 3 points higher, and categories that rise with
/// them.
std::vector<EvaluatedCase> Cases() {
  std::vector<EvaluatedCase> cases(30);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EvaluatedCase& c = cases[i];
    c.path = "/set/" + std::to_string(i);
    c.true_percent = 2 + 2 * static_cast<double>(i);
    c.percent = *c.true_percent + 3;
    c.percent_of_true_masks = *c.true_percent + 4;
    c.true_category = CategoryFromPercent(*c.true_percent, {12, 25, 45});
  }
  return cases;
}

TEST(FindLabelDoubts, FindsNoDoubtsForGoodLabels) {
  EXPECT_THAT(FindLabelDoubts(Cases()), IsEmpty());
}

TEST(FindLabelDoubts, NameFullAndContradictingMasks) {
  auto cases = Cases();
  cases[5].true_percent = 100;
  cases[7].percent_of_true_masks = 60;
  EXPECT_THAT(
      FindLabelDoubts(cases),
      ElementsAre(HasSubstr("is 100 in 1 image (the first: /set/5)"),
                  HasSubstr("differ by more than 5 points in 2 images (the first: /set/5)")));
}

TEST(FindLabelDoubts, NameReversedScales) {
  auto cases = Cases();
  for (auto& c : cases) c.true_category = CategoryFromIndex(3 - ToIndex(*c.true_category));
  EXPECT_THAT(
      FindLabelDoubts(cases),
      ElementsAre(HasSubstr("true categories do not rise with the true percent densities"),
                  HasSubstr("true categories do not rise with the predicted percent densities")));
  cases.resize(19);
  EXPECT_THAT(FindLabelDoubts(cases), IsEmpty()) << "too few for ranks";
}

}  // namespace
}  // namespace mhcnn
