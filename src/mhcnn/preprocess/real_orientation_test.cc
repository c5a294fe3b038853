// Real mammograms (research material outside the repository) in all eight orientations.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "mhcnn/image/file_io.h"
#include "mhcnn/preprocess/preprocess.h"
#include "mhcnn/testing/real_data.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

TEST(RealOrientation, EightOrientationsGiveOneInput) {
  const fs::path root = testing_support::RealData("");
  if (!fs::exists(root / "ffdm-4view")) GTEST_SKIP() << testing_support::NoRealData(root);
  std::vector<fs::path> files;
  for (const char* folder : {"ffdm-4view", "ddsm-fgt/images"}) {
    for (const auto& entry : fs::directory_iterator(root / folder)) {
      if (entry.path().extension() == ".png") files.push_back(entry.path());
    }
  }
  ASSERT_EQ(files.size(), 64u);
  for (const auto& file : files) {
    const GreyImage picture = ReadGreyImage(file);
    const Prepared reference = Preprocess(picture, {});
    for (int way = 1; way < 8; ++way) {
      const Orientation turn{(way & 4) != 0, (way & 1) != 0, (way & 2) != 0};
      const Prepared turned = Preprocess(turn.Apply(picture), {});
      // Sums of a working copy's averages may round otherwise in another order.
      EXPECT_LT(cv::norm(turned.input, reference.input, cv::NORM_INF), 1e-5)
          << file << " way " << way;
    }
    // Up stays up: all of the film pictures are MLO views that stand upright.
    if (file.string().find("MLO") != std::string::npos) {
      EXPECT_FALSE(reference.geometry.orientation.mirrored_y) << file;
      EXPECT_FALSE(reference.geometry.orientation.transposed) << file;
    }
  }
}

}  // namespace
}  // namespace mhcnn
