#include "mhcnn/data/dataset_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

PreparedImage Image(const std::string& path, const std::string& patient, const std::string& split,
                    std::optional<int> category, std::optional<double> percent) {
  PreparedImage image;
  image.listed.sample.image = path;
  image.listed.sample.patient_id = patient;
  image.listed.sample.split = split;
  if (category) image.listed.sample.category = CategoryFromIndex(*category);
  image.listed.sample.percent_density = percent;
  image.listed.sample.view = View::kCC;
  image.examined.pixel_hash = path;  // different pictures
  image.examined.rows = 40;
  image.examined.columns = 30;
  return image;
}

std::vector<PreparedImage> Images() {
  return {Image("/a", "p1", "train", 0, 5), Image("/b", "p1", "train", 1, 9.99),
          Image("/c", "p2", "val", 1, 10), Image("/d", "", "train", std::nullopt, 100),
          Image("/e", "", "train", 3, std::nullopt)};
}

DatasetSummary Summary(const std::vector<PreparedImage>& images,
                       std::vector<Problem> problems = {}) {
  return SummarizeDataset("set", {"/folder"}, 7, images, std::move(problems));
}

TEST(DatasetSummary, CountsImagesPatientsAndLabels) {
  const DatasetSummary s = Summary(Images());
  EXPECT_EQ(s.images, 5u);
  EXPECT_EQ(s.patients, 4u) << "an image without patient is one of its own";
  EXPECT_EQ(s.images_without_patient, 2u);
  EXPECT_EQ(s.studies, 0u);
  EXPECT_THAT(s.categories, ElementsAre(Pair("a", 1), Pair("b", 2), Pair("d", 1), Pair("none", 1)));
  EXPECT_THAT(s.views, ElementsAre(Pair("CC", 5)));
  EXPECT_THAT(s.lateralities, ElementsAre(Pair("unknown", 5)));
  EXPECT_THAT(s.sizes, ElementsAre(Pair("30 x 40", 5)));
  EXPECT_THAT(s.patients_by_split, ElementsAre(Pair("train", 3), Pair("val", 1)));
  EXPECT_THAT(s.categories_by_split.at("val"), ElementsAre(Pair("b", 1)));
}

TEST(DatasetSummary, PercentsHaveHistogramRangeAndMedian) {
  const DatasetSummary s = Summary(Images());
  EXPECT_EQ(s.images_with_percent, 4u);
  EXPECT_THAT(s.percent_histogram, ElementsAre(2, 1, 0, 0, 0, 0, 0, 0, 0, 1));
  EXPECT_EQ(s.percent_low, 5);
  EXPECT_EQ(s.percent_high, 100);
  EXPECT_DOUBLE_EQ(s.percent_median, (9.99 + 10) / 2);
  EXPECT_EQ(Summary({}).images_with_percent, 0u);
}

TEST(DatasetSummary, EqualPixelsAreDuplicatesAndTheirLabelsMustAgree) {
  auto images = Images();
  images[3].examined.pixel_hash = images[0].examined.pixel_hash;
  EXPECT_THAT(Summary(images).duplicates, ElementsAre(ElementsAre("/a", "/d")));
  const auto conflicts = FindDuplicateConflicts(images);
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].kind, "label_conflict");
  EXPECT_THAT(conflicts[0].text, HasSubstr("2 files show the same picture with the categories"));
  images[3].listed.sample.category = DensityCategory::kA;
  EXPECT_THAT(FindDuplicateConflicts(images), IsEmpty());
  // The rows of several readers name one file, which is no duplicate of itself.
  images[3].listed.sample.image = images[0].listed.sample.image;
  EXPECT_THAT(Summary(images).duplicates, IsEmpty());
  // Undecoded pictures are compared by their files.
  ImageCheck undecoded;
  undecoded.file_hash = "f";
  EXPECT_EQ(DuplicateKey(undecoded), "file:f");
}

TEST(DatasetSummary, TextAndJsonHoldTheCountsAndTheSortedProblems) {
  const DatasetSummary s = Summary(
      Images(),
      {{"unreadable", "/y", "t"}, {"label_conflict", "/z", "u"}, {"unreadable", "/x", "v"}});
  EXPECT_EQ(s.problems.front().kind, "label_conflict");
  EXPECT_THAT(s.problems_of_kind, ElementsAre(Pair("label_conflict", 1), Pair("unreadable", 2)));
  const std::string text = SummaryText(s);
  EXPECT_THAT(text, HasSubstr("set: 5 images of 4 patients\n"));
  EXPECT_THAT(text, HasSubstr("patient        not known for 2 images; each of them counts"));
  EXPECT_THAT(text, HasSubstr("a 1, b 2, d 1, none 1"));
  EXPECT_THAT(text, HasSubstr("percent density of 4 images: 5.0 to 100.0, median 10.0"));
  const auto json = SummaryJson(s);
  EXPECT_EQ(json["images"], 5);
  EXPECT_EQ(json["patients"], 4);
  EXPECT_EQ(json["images_without_patient"], 2);
}

TEST(DatasetSummary, OmitsLongCustomLabels) {
  std::vector<PreparedImage> images;
  for (int i = 0; i < 13; ++i) {
    images.push_back(Image("/" + std::to_string(i), "p", "train", 0, 1));
    images.back().listed.own_labels = {{"tissue", i % 2 == 0 ? "F" : "G"},
                                       {"number", std::to_string(i)}};
  }
  const auto labels = Summary(images).own_labels;
  EXPECT_THAT(labels, ElementsAre(Pair("tissue", ElementsAre(Pair("F", 7), Pair("G", 6)))));
}

TEST(DatasetSummary, PageEscapesNamesAndHoldsPictures) {
  DatasetSummary s = Summary(Images(), {{"unreadable", "/<script>", "a & b"}});
  s.set = "<b>set";
  const std::string page = SummaryHtml(s, {{{0xFF, 0xD8, 0xFF}, 3, 4, "caption <i>"}});
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("<b>set")));
  EXPECT_THAT(page, Not(HasSubstr("caption <i>")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(page,
              HasSubstr("data:image/jpeg;base64,/9j/"));  // FF D8 FF in base64
}

}  // namespace
}  // namespace mhcnn
