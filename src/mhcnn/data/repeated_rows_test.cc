#include "mhcnn/data/repeated_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Sample Row(const std::string& image) {
  Sample sample;
  sample.image = image;
  return sample;
}

DatasetIndex Joined(const std::vector<Sample>& rows) {
  DatasetIndex listing;
  for (const Sample& row : rows) listing.images.push_back({row, {}, std::nullopt, {}});
  JoinRepeatedRows(listing);
  return listing;
}

std::vector<std::string> Texts(const DatasetIndex& listing) {
  std::vector<std::string> texts;
  for (const Problem& problem : listing.problems)
    texts.push_back(problem.kind + ": " + problem.text);
  return texts;
}

TEST(RepeatedRows, EmptyCellsAreFilledFromTheOtherRows) {
  Sample first = Row("/a"), second = Row("/a");
  first.patient_id = second.patient_id = "p3";
  second.breast_mask = "/b";
  second.dense_mask = "/d";
  second.category = DensityCategory::kB;
  second.view = View::kMLO;
  second.split = "test";
  const DatasetIndex listing = Joined({first, Row("/other"), second});
  ASSERT_EQ(listing.images.size(), 2u);
  const Sample& joined = listing.images[0].sample;
  EXPECT_EQ(joined.breast_mask, second.breast_mask);
  EXPECT_EQ(joined.dense_mask, second.dense_mask);
  EXPECT_EQ(joined.category, DensityCategory::kB);
  EXPECT_EQ(joined.view, View::kMLO);
  EXPECT_EQ(joined.split, "test");
  EXPECT_EQ(listing.images[1].sample.image, "/other");
  EXPECT_THAT(Texts(listing), ElementsAre("repeated_row: is in 2 rows, which are joined to one"));
}

TEST(RepeatedRows, EachConflictIsNamed) {
  Sample first = Row("/a"), second = Row("/a");
  first.percent_density = 10;
  second.percent_density = 60;
  first.category = DensityCategory::kA;
  second.category = DensityCategory::kD;
  first.patient_id = "p1";
  second.patient_id = "p2";
  first.split = "test";
  second.split = "train";
  const DatasetIndex listing = Joined({first, second, first});
  ASSERT_EQ(listing.images.size(), 1u);
  const Sample& joined = listing.images[0].sample;
  EXPECT_FALSE(joined.percent_density || joined.category);
  EXPECT_EQ(joined.patient_id, "p1");
  EXPECT_EQ(joined.split, "test");
  EXPECT_THAT(
      Texts(listing),
      ElementsAre(
          "repeated_row: is in 3 rows, which are joined to one",
          "label_conflict: percent_density is '10' in one row and '60' in another; left out",
          "label_conflict: category is 'a' in one row and 'd' in another; left out",
          "label_conflict: patient_id is 'p1' in one row and 'p2' in another; the first is kept",
          "leak: split is 'test' in one row and 'train' in another; the image is now in test"));
}

TEST(RepeatedRows, MaskAndThresholdAreTwoLabels) {
  Sample first = Row("/a"), second = Row("/a");
  first.dense_mask = "/d";
  second.dense_threshold = 100;
  const DatasetIndex listing = Joined({first, second});
  EXPECT_FALSE(listing.images[0].sample.dense_mask || listing.images[0].sample.dense_threshold);
  EXPECT_THAT(Texts(listing).back(), HasSubstr("a dense_threshold in another; left out"));
}

TEST(RepeatedRows, RowsOfSeveralReadersStay) {
  Sample first = Row("/a"), second = Row("/a");
  first.reader = "anna";
  second.reader = "bert";
  const DatasetIndex listing = Joined({first, second});
  EXPECT_EQ(listing.images.size(), 2u);
  EXPECT_TRUE(listing.problems.empty());
}

}  // namespace
}  // namespace mhcnn
