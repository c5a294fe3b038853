#include "mhcnn/results/exam_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;

ExamImage Image(Laterality side, View view, const std::string& sop_uid,
                const std::string& path = "") {
  ExamImage image;
  image.result.metadata.laterality = side;
  image.result.metadata.view = view;
  image.result.metadata.path = path;
  image.header.metadata.sop_uid = sop_uid;
  return image;
}

std::vector<std::string> Names(const std::vector<ExamImage>& images) {
  std::vector<std::string> names;
  for (const auto& image : images) names.push_back(image.Name());
  return names;
}

TEST(SortAndNumber, HangsRightBeforeLeftAndCcBeforeMlo) {
  std::vector<ExamImage> images = {
      Image(Laterality::kUnknown, View::kMLO, "1"), Image(Laterality::kLeft, View::kUnknown, "2"),
      Image(Laterality::kLeft, View::kMLO, "3"),    Image(Laterality::kLeft, View::kCC, "4"),
      Image(Laterality::kRight, View::kMLO, "5"),   Image(Laterality::kRight, View::kCC, "6")};
  SortAndNumber(images);
  std::vector<std::string> uids;
  std::vector<int> places;
  for (const auto& image : images) {
    uids.push_back(image.header.metadata.sop_uid);
    places.push_back(image.index);
  }
  EXPECT_THAT(uids, ElementsAre("6", "4", "5", "3", "1", "2"));
  EXPECT_THAT(places, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(SortAndNumber, OrdersOneViewByUidThenPath) {
  std::vector<ExamImage> images = {Image(Laterality::kLeft, View::kCC, "1.3", "a"),
                                   Image(Laterality::kLeft, View::kCC, "1.2", "b"),
                                   Image(Laterality::kLeft, View::kCC, "1.2", "a"),
                                   Image(Laterality::kRight, View::kCC, "1.9", "z")};
  do {
    std::vector<ExamImage> shuffled = images;
    SortAndNumber(shuffled);
    EXPECT_THAT(Names(shuffled), ElementsAre("R CC", "L CC", "L CC 2", "L CC 3"));
    EXPECT_EQ(shuffled[1].result.metadata.path, "a");
    EXPECT_EQ(shuffled[1].header.metadata.sop_uid, "1.2");
    EXPECT_EQ(shuffled[2].result.metadata.path, "b");
    EXPECT_EQ(shuffled[3].header.metadata.sop_uid, "1.3");
    const auto key = [](const ExamImage& a, const ExamImage& b) {
      return std::pair(a.header.metadata.sop_uid, a.result.metadata.path) <
             std::pair(b.header.metadata.sop_uid, b.result.metadata.path);
    };
    if (!std::next_permutation(images.begin(), images.end(), key)) break;
  } while (true);
}

}  // namespace
}  // namespace mhcnn
