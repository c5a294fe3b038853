#include "mhcnn/report/case_pictures.h"

#include <gtest/gtest.h>

#include "mhcnn/evaluate/predictor.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/evaluated_cases.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

TEST(CasePictures, DrawsWorstCases) {
  const testing_support::ScratchFolder folder;
  GreyImage picture(100, 80, std::uint16_t{10});
  Mask breast = Mask::zeros(100, 80);
  breast(cv::Rect(0, 20, 40, 60)).setTo(255);
  picture.setTo(100, breast);
  WritePng(folder / "i.png", picture);
  WritePng(folder / "b.png", breast);
  Sample sample;
  sample.image = folder / "i.png";
  sample.breast_mask = folder / "b.png";
  EvaluatedCase good = MakeCase(sample.image.string(), "p", 25, 25), bad = good;
  bad.score(Tissue::kDense)->counts = {1, 500, 500, 100};
  bad.percent = 80;
  const auto worst = FindWorstCases({good, bad}, 1);
  ASSERT_EQ(worst.size(), 2u);
  EXPECT_EQ(worst[0].cases, std::vector<std::size_t>{1});
  const auto pictures = DrawWorstCases(worst, {sample, sample}, OtsuPredictor(), 1);
  ASSERT_EQ(pictures.size(), 1u);
  EXPECT_GT(pictures.at(1).size(), 500u);
}

}  // namespace
}  // namespace mhcnn
