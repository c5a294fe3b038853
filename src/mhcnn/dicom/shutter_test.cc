#include "mhcnn/dicom/shutter.h"

#include <gtest/gtest.h>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::Disc;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

/// Tests of a file with 100 rows and 60 columns.
class ShutterTest : public ::testing::Test {
 protected:
  ShutterTest() {
    dataset_.putAndInsertUint16(DCM_Rows, 100);
    dataset_.putAndInsertUint16(DCM_Columns, 60);
  }
  void Put(const DcmTagKey& key, const char* value) { dataset_.putAndInsertString(key, value); }
  Mask Hidden(cv::Size size = {60, 100}) { return MakeShutterMask(dataset_, size); }
  DcmDataset dataset_;
};

TEST_F(ShutterTest, RectangleShowsItsEdgesAndWhatIsWithin) {
  Put(DCM_ShutterShape, "RECTANGULAR");
  Put(DCM_ShutterLeftVerticalEdge, "11");
  Put(DCM_ShutterRightVerticalEdge, "50");
  Put(DCM_ShutterUpperHorizontalEdge, "21");
  Put(DCM_ShutterLowerHorizontalEdge, "100");
  Mask hidden = Hidden();
  EXPECT_EQ(hidden.total() - static_cast<std::size_t>(cv::countNonZero(hidden)), 40u * 80u);
  EXPECT_EQ(hidden(20, 10), 0);
  EXPECT_EQ(hidden(19, 10), 255);
  EXPECT_EQ(hidden(20, 9), 255);
  EXPECT_EQ(hidden(99, 49), 0);
  hidden = Hidden({30, 50});  // a smaller level of the file
  EXPECT_NEAR(cv::countNonZero(~hidden), 20 * 40, 61);
}

TEST_F(ShutterTest, SeveralShapesShowWhatIsWithinEach) {
  Put(DCM_ShutterShape, "CIRCULAR\\POLYGONAL");
  Put(DCM_CenterOfCircularShutter, "50\\30");
  Put(DCM_RadiusOfCircularShutter, "20");
  Put(DCM_VerticesOfThePolygonalShutter, "1\\1\\1\\60\\50\\60\\50\\1");
  const Mask hidden = Hidden();
  EXPECT_NEAR(cv::countNonZero(~hidden), 3.1416 * 400 / 2, 50) << "with the row of the centre";
  EXPECT_EQ(hidden(40, 29), 0);
  EXPECT_EQ(hidden(60, 29), 255) << "outside the polygon";
  EXPECT_EQ(hidden(10, 29), 255) << "outside the circle";
}

TEST_F(ShutterTest, IgnoresImplausibleShutter) {
  EXPECT_TRUE(Hidden().empty()) << "no shutter";
  Put(DCM_ShutterShape, "CIRCULAR");
  EXPECT_TRUE(Hidden().empty()) << "without a centre";
  Put(DCM_CenterOfCircularShutter, "50\\30");
  Put(DCM_RadiusOfCircularShutter, "0");
  EXPECT_TRUE(Hidden().empty()) << "without a radius";
  Put(DCM_RadiusOfCircularShutter, "3");
  EXPECT_TRUE(Hidden().empty()) << "hides nearly everything";
  Put(DCM_ShutterShape, "POLYGONAL");
  Put(DCM_VerticesOfThePolygonalShutter, "1\\1\\5\\5");
  EXPECT_TRUE(Hidden().empty()) << "two vertices";
  Put(DCM_ShutterShape, "BITMAP");
  EXPECT_TRUE(Hidden().empty()) << "of an overlay";
}

TEST(Shutter, HiddenPixelsAreBackgroundAndDoNotSetTheRange) {
  const ScratchFolder folder;
  const Mammogram plain = Disc(40, 32, 12);
  const auto read = [&](Uint16 outside) {
    WriteChanged(folder / "a.dcm", [&](DcmDataset& d) {
      std::vector<Uint16> words(plain.pixels.begin(), plain.pixels.end());
      for (std::size_t i = 0; i < 4u * 32u; ++i) words[i] = outside;  // four rows at the top
      d.putAndInsertUint16Array(DCM_PixelData, words.data(),
                                static_cast<unsigned long>(words.size()));
      d.putAndInsertString(DCM_ShutterShape, "RECTANGULAR");
      d.putAndInsertString(DCM_ShutterUpperHorizontalEdge, "5");
      d.putAndInsertString(DCM_ShutterLowerHorizontalEdge, "40");
      d.putAndInsertString(DCM_ShutterLeftVerticalEdge, "1");
      d.putAndInsertString(DCM_ShutterRightVerticalEdge, "32");
    });
    return ReadMammogram(folder / "a.dcm").pixels;
  };
  const GreyImage white = read(4095), black = read(0);
  EXPECT_EQ(cv::countNonZero(white.rowRange(0, 4)), 0);
  EXPECT_EQ(cv::countNonZero(white != black), 0);
}

}  // namespace
}  // namespace mhcnn
