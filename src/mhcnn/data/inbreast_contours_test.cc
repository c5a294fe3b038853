#include "mhcnn/data/inbreast_contours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;

std::string Roi(const std::string& name, const std::string& points) {
  return "<dict><key>Name</key><string>" + name +
         "</string><key>Point_mm</key><array><string>(1, 2, 3)</string></array>"
         "<key>Point_px</key><array>" +
         points + "</array></dict>";
}

std::string Export(const std::string& rois) {
  return "<?xml version=\"1.0\"?><plist "
         "version=\"1.0\"><dict><key>Images</key><array><dict>"
         "<key>ROIs</key><array>" +
         rois + "</array></dict></array></dict></plist>";
}

class InbreastContours : public ::testing::Test {
 protected:
  std::vector<Contour> Read(const std::string& text) {
    WriteFileAtomically(folder_ / "c.xml", text);
    return ReadContours(folder_ / "c.xml");
  }
  testing_support::ScratchFolder folder_;
};

TEST_F(InbreastContours, ReadsNamesAndPointsInPixels) {
  const auto contours =
      Read(Export(Roi("Mass", "<string>(1.5, 2)</string><string>(3, 4.25)</string>") +
                  Roi("Calcification", "<string>{10, 20}</string>") + Roi("Without points", "")));
  ASSERT_EQ(contours.size(), 2u);
  EXPECT_EQ(contours[0].name, "Mass");
  EXPECT_THAT(contours[0].points, ElementsAre(cv::Point2d(1.5, 2), cv::Point2d(3, 4.25)));
  EXPECT_EQ(contours[1].name, "Calcification");
  EXPECT_THAT(contours[1].points, ElementsAre(cv::Point2d(10, 20)));
}

TEST_F(InbreastContours, ReadsListOfPointsWithoutRegions) {
  const auto contours = Read(
      "<plist><dict><key>DataSummary</key><dict/><key>Points</key><array>"
      "<string>(7, 8)</string><string>(9, 10)</string></array></dict></plist>");
  ASSERT_EQ(contours.size(), 1u);
  EXPECT_EQ(contours[0].name, "");
  EXPECT_THAT(contours[0].points, ElementsAre(cv::Point2d(7, 8), cv::Point2d(9, 10)));
}

TEST_F(InbreastContours, RefusesFilesWithoutContour) {
  const auto problem = [&](const std::string& text) {
    return ErrorMessage([&] { Read(text); }, ErrorCode::kCorrupt);
  };
  EXPECT_THAT(problem("<plist><dict>"), HasSubstr("c.xml: is not XML"));
  EXPECT_THAT(problem("<html/>"), HasSubstr("is not a property list"));
  EXPECT_THAT(problem(Export("")), HasSubstr("contains no contour in pixels"));
  for (const char* point : {"(1, 2, 3)", "1, 2", "(one, 2)", "(nan, 2)", "(1e9, 2)", "(1)"}) {
    EXPECT_THAT(problem(Export(Roi("Mass", "<string>" + std::string(point) + "</string>"))),
                HasSubstr("contains no contour in pixels"))
        << point;
  }
  EXPECT_EQ(testing_support::ThrownCode([&] { ReadContours(folder_ / "none.xml"); }),
            ErrorCode::kNotFound);
}

/// Compares with the triangle in the upper corner whose legs have these lengths.
void ExpectTriangle(const Mask& mask, double along_top, double along_wall, bool left) {
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      const double at = (left ? x : mask.cols - 1 - x) / along_top + y / along_wall;
      if (at < 0.95) {
        ASSERT_EQ(mask(y, x), 255) << x << " " << y;
      }
      if (at > 1.05) {
        ASSERT_EQ(mask(y, x), 0) << x << " " << y;
      }
    }
  }
}

TEST_F(InbreastContours, MuscleLiesBetweenLineUpperEdgeAndChestWall) {
  // The line stops 3 pixels short of the upper edge and 2 short of the chest wall.
  const std::vector<cv::Point2d> line = {{38, 3}, {20, 27}, {2, 57}};
  ExpectTriangle(PectoralMask({{"", line}}, {80, 100}, true), 38, 57, true);
  const std::vector<cv::Point2d> upward(line.rbegin(), line.rend());
  ExpectTriangle(PectoralMask({{"", upward}}, {80, 100}, true), 38, 57, true);
  std::vector<cv::Point2d> mirrored;
  for (const auto& p : line) mirrored.emplace_back(79 - p.x, p.y);
  ExpectTriangle(PectoralMask({{"", mirrored}}, {80, 100}, false), 38, 57, false);
  // Of several lines the longest counts.
  ExpectTriangle(PectoralMask({{"", {{70, 0}, {0, 90}}}, {"", line}}, {80, 100}, true), 38, 57,
                 true);
}

TEST_F(InbreastContours, MuscleNeedsLineOfTwoPoints) {
  for (const auto& contours : {std::vector<Contour>{}, std::vector<Contour>{{"", {{1, 1}}}}}) {
    EXPECT_THAT(ErrorMessage(
                    [&] {
                      PectoralMask(contours, {80, 100}, true);
                    },
                    ErrorCode::kCorrupt),
                HasSubstr("two points"));
  }
}

}  // namespace
}  // namespace mhcnn
