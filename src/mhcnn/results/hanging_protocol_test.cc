#include "mhcnn/results/hanging_protocol.h"

#include <gtest/gtest.h>

#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

ExamImage Image(Laterality side, View view, const std::string& time = "", bool ok = true) {
  ExamImage image;
  image.result.metadata.laterality = side;
  image.result.metadata.view = view;
  image.result.metadata.acquisition.date = "20250101";
  image.result.metadata.acquisition.time = time;
  if (!ok) image.result.error = "corrupt: is damaged";
  return image;
}

using Row = std::array<std::optional<std::size_t>, 2>;

TEST(Hanging, RightIsLeftOnThePageAndCcIsAboveMlo) {
  const Hanging hanging =
      HangImages({Image(Laterality::kLeft, View::kMLO), Image(Laterality::kRight, View::kMLO),
                  Image(Laterality::kLeft, View::kCC), Image(Laterality::kRight, View::kCC)});
  ASSERT_EQ(hanging.rows.size(), 2U);
  EXPECT_EQ(hanging.rows[0].view, "CC");
  EXPECT_EQ(hanging.rows[0].image, (Row{3, 2}));
  EXPECT_EQ(hanging.rows[1].image, (Row{1, 0}));
  EXPECT_TRUE(hanging.not_hung.empty());
}

TEST(Hanging, OneImageLeavesThePlaceBesideItEmpty) {
  const Hanging hanging = HangImages({Image(Laterality::kLeft, View::kMLO)});
  ASSERT_EQ(hanging.rows.size(), 1U);
  EXPECT_EQ(hanging.rows[0].image, (Row{std::nullopt, 0}));
  EXPECT_TRUE(HangImages({}).rows.empty());
}

TEST(Hanging, OfRepeatedViewsTheLatestMeasuredStandardOneIsShown) {
  auto spot = Image(Laterality::kRight, View::kCC, "120000");
  AddFlag(spot.result.flags, Flag::kSpotView);
  const Hanging hanging = HangImages({Image(Laterality::kRight, View::kCC, "100000"),
                                      Image(Laterality::kRight, View::kCC, "110000"), spot,
                                      Image(Laterality::kRight, View::kCC, "130000", false)});
  ASSERT_EQ(hanging.rows.size(), 1U);
  EXPECT_EQ(hanging.rows[0].image, (Row{1, std::nullopt}));
  EXPECT_EQ(hanging.not_hung, (std::vector<std::size_t>{0, 2, 3}));
}

TEST(Hanging, ARefusedImageKeepsItsPlace) {
  const Hanging hanging = HangImages(
      {Image(Laterality::kRight, View::kCC), Image(Laterality::kLeft, View::kCC, "", false)});
  ASSERT_EQ(hanging.rows.size(), 1U);
  EXPECT_EQ(hanging.rows[0].image, (Row{0, 1}));
}

TEST(Hanging, ImagesOfUnknownSideTakeFreeRowsInTheirOrder) {
  const auto unknown = Image(Laterality::kUnknown, View::kUnknown);
  const Hanging five = HangImages({unknown, unknown, unknown, unknown, unknown});
  ASSERT_EQ(five.rows.size(), 2U);
  EXPECT_EQ(five.rows[0].image, (Row{0, 1}));
  EXPECT_EQ(five.rows[1].image, (Row{2, 3}));
  EXPECT_EQ(five.not_hung, (std::vector<std::size_t>{4}));

  const Hanging mixed = HangImages({unknown, Image(Laterality::kRight, View::kCC)});
  ASSERT_EQ(mixed.rows.size(), 2U);
  EXPECT_EQ(mixed.rows[0].image, (Row{1, std::nullopt}));
  EXPECT_EQ(mixed.rows[1].image, (Row{0, std::nullopt}));
}

TEST(Hanging, AnotherViewOfAKnownSideHangsOnItsSide) {
  const Hanging hanging = HangImages({Image(Laterality::kLeft, View::kOther)});
  ASSERT_EQ(hanging.rows.size(), 1U);
  EXPECT_EQ(hanging.rows[0].image, (Row{std::nullopt, 0}));
}

}  // namespace
}  // namespace mhcnn
