#include "mhcnn/page/page_picture.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "mhcnn/image/jpeg_file.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

/// An image with masks at half its size, as a network gives them.
std::pair<GreyImage, Result> Measured() {
  const ExamImage image = testing_support::MakeExamImage(Laterality::kLeft, View::kMLO, 20);
  Result result = image.result;
  cv::Mat1b labels;
  cv::resize(image.labels, labels, {}, 0.5, 0.5, cv::INTER_NEAREST);
  const TissueRegions masks = SplitLabelMap(labels);
  result.breast = masks.breast;
  result.dense = masks.dense;
  result.pectoral = masks.pectoral;
  return {image.picture, result};
}

nlohmann::json OutlinesOf(const PagePicture& page) { return nlohmann::json::parse(page.outlines); }

/// Corners of the first closed line of a path of SVG.
std::vector<cv::Point2f> FirstLine(std::string path) {
  path = path.substr(1, path.find('Z') - 1);
  for (char& c : path) c = c == 'L' ? ' ' : c;
  std::istringstream numbers(path);
  std::vector<cv::Point2f> line;
  for (float x, y; numbers >> x >> y;) line.emplace_back(x, y);
  return line;
}

TEST(PagePicture, ShowsTheBreastWithItsOutlinesInPixelsOfThePicture) {
  const auto [picture, result] = Measured();
  const PagePicture page = MakePagePicture(picture, result);
  const auto outlines = OutlinesOf(page);
  const cv::Mat grey = DecodeJpegFile(page.picture);
  EXPECT_EQ(grey.cols, outlines["width"].get<int>());
  EXPECT_EQ(grey.rows, outlines["height"].get<int>());
  // The tissue reaches 120 pixels from the middle, with a margin of 2 % of the longer side.
  EXPECT_NEAR(grey.cols, 126, 4);
  EXPECT_LT(grey.rows, 300);
  EXPECT_NEAR(outlines["mm"][0].get<double>(), grey.cols * 0.5, 1.1);
  // The dense spot: half a disc of radius 40 around the middle of the chest wall.
  const auto dense = FirstLine(outlines["dense"]);
  EXPECT_NEAR(cv::contourArea(dense), 3.1416 * 40 * 40 / 2, 150);
  const cv::Rect box = cv::boundingRect(dense);
  EXPECT_NEAR(box.width, 40, 3);
  EXPECT_NEAR(box.height, 80, 3);
  EXPECT_FALSE(outlines["breast"].get<std::string>().empty());
  EXPECT_FALSE(outlines["pectoral"].get<std::string>().empty());
  EXPECT_EQ(DecodeJpegFile(page.thumbnail).rows, 88);
  EXPECT_LT(page.thumbnail.size(), 6000U);
}

TEST(PagePicture, ShowsAllWhereThereAreNoMasks) {
  auto [picture, result] = Measured();
  result.breast = result.dense = result.pectoral = Mask();
  result.metadata.row_spacing_mm.reset();
  const PagePicture page = MakePagePicture(picture, result);
  const auto outlines = OutlinesOf(page);
  EXPECT_EQ(DecodeJpegFile(page.picture).size(), picture.size());
  EXPECT_EQ(outlines["breast"], "");
  EXPECT_TRUE(outlines["mm"].is_null());
}

TEST(PagePicture, FileIsRecognizedAsOwn) {
  const auto [picture, result] = Measured();
  const PagePicture page = MakePagePicture(picture, result);
  EXPECT_TRUE(IsPagePicture(page.picture));
  EXPECT_TRUE(IsPagePicture(page.thumbnail));
  EXPECT_FALSE(IsPagePicture({}));
  auto other = page.picture;
  other[6] = 'M';
  EXPECT_FALSE(IsPagePicture(other));
}

TEST(PagePicture, FileNameIsSafeForAnyPath) {
  const std::string key = PagePictureKey("../<script>\"'\xFF/a b.dcm");
  EXPECT_EQ(key.size(), 16U);
  EXPECT_EQ(key.find_first_not_of("0123456789abcdef"), key.npos);
  EXPECT_NE(key, PagePictureKey("../<script>\"'\xFF/a b.dc"));
  const auto paths = MakePagePicturePaths("out", "1f00000000000000");
  EXPECT_EQ(paths.picture, "out/page/pictures/1f/1f00000000000000.jpg");
  EXPECT_EQ(paths.thumbnail, "out/page/pictures/1f/1f00000000000000-small.jpg");
  EXPECT_EQ(paths.outlines, "out/page/pictures/1f/1f00000000000000.js");
}

TEST(OutlinesScript, CallsThePageWithTheValue) {
  const std::string begin = "mhcnnPicture(\"0123456789abcdef\",JSON.parse(";
  const std::string script = OutlinesScript("0123456789abcdef", R"({"a":"<b>"})");
  ASSERT_TRUE(script.starts_with(begin)) << script;
  const std::string literal = script.substr(begin.size(), script.size() - begin.size() - 4);
  EXPECT_EQ(literal.find('<'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(nlohmann::json::parse(literal).get<std::string>()).at("a"),
            "<b>");
}

}  // namespace
}  // namespace mhcnn
