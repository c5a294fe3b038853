#include "mhcnn/calibrate/learn_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/random.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/preprocess/input_features.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

/// A model whose one feature is the mean of its input.
class MeanBackend : public Backend {
 public:
  explicit MeanBackend(bool gives_features = true) : gives_features_(gives_features) {
    card_.name = "mean";
    card_.preprocess.input_height = 128;
    card_.preprocess.input_width = 64;
  }
  const ModelCard& card() const override { return card_; }
  std::string Description() const override { return "test"; }
  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    NetworkOutput output;
    if (gives_features_) output.features = {static_cast<float>(cv::mean(inputs[0])[0])};
    return {output};
  }

 private:
  bool gives_features_;
  ModelCard card_;
};

class LearnDistributionsTest : public ::testing::Test {
 protected:
  /// Half ellipses of different widths.
  std::vector<Sample> Draw(int count) const {
    std::vector<Sample> samples;
    for (int i = 0; i < count; ++i) {
      RandomStream random(9, static_cast<std::uint64_t>(i));
      cv::Mat1b breast = cv::Mat1b::zeros(128, 64);
      cv::ellipse(breast, {0, 64}, {30 + static_cast<int>(random.Integer(25)), 50}, 0, 0, 360, 255,
                  cv::FILLED);
      cv::Mat1w picture(breast.size());
      for (int y = 0; y < 128; ++y) {
        for (int x = 0; x < 64; ++x) {
          picture(y, x) = cv::saturate_cast<std::uint16_t>(
              random.Normal(breast(y, x) ? 1500 + 3 * y : 40, breast(y, x) ? 90 : 3));
        }
      }
      Sample sample;
      sample.image = folder_ / (std::to_string(i) + ".png");
      WritePng(sample.image, picture);
      sample.split = "train";
      samples.push_back(sample);
    }
    return samples;
  }
  const testing_support::ScratchFolder folder_;
};

TEST_F(LearnDistributionsTest, PicturesOfTheTrainingLieWithinTheLimits) {
  MeanBackend backend;
  const auto samples = Draw(60);
  const LearnedDistributions learned = LearnDistributions(backend, samples, 2);
  EXPECT_EQ(learned.features.size(), 1);
  int within = 0, known = 0;
  for (const auto& sample : samples) {
    const auto input = Preprocess(ReadGreyImage(sample.image), backend.card().preprocess).input;
    within += learned.features.Score(backend.Run({input})[0].features) <= 1;
    known += learned.inputs.Distance(ComputeInputFeatures(input)) <= learned.inputs.limit();
  }
  EXPECT_GE(within, 54);  // 95 % of 60 are 57
  EXPECT_GE(known, 54);
  EXPECT_GT(learned.features.Score({10.f}), 1);
}

TEST_F(LearnDistributionsTest, ExcludesTestAndUnreadableImages) {
  MeanBackend backend;
  auto samples = Draw(52);
  const LearnedDistributions all = LearnDistributions(backend, samples, 1);
  Sample unreadable, test;
  unreadable.image = folder_ / "none.png";
  unreadable.split = "train";
  WritePng(folder_ / "test.png", cv::Mat1w(128, 64, std::uint16_t{7}));  // would be refused
  test.image = folder_ / "test.png";
  test.split = "test";
  samples.push_back(unreadable);
  samples.push_back(test);
  const LearnedDistributions same = LearnDistributions(backend, samples, 2);
  EXPECT_EQ(nlohmann::json(same.features), nlohmann::json(all.features));
  EXPECT_EQ(nlohmann::json(same.inputs), nlohmann::json(all.inputs));
}

TEST_F(LearnDistributionsTest, RefusesTooFewPicturesAndModelsWithoutFeatures) {
  MeanBackend backend, without(false);
  const auto samples = Draw(20);
  EXPECT_THAT(testing_support::ErrorMessage([&] { LearnDistributions(backend, samples, 1); },
                                            ErrorCode::kUsage),
              HasSubstr("only 20 training images gave features; at least 50"));
  EXPECT_EQ(testing_support::ThrownCode([&] { LearnDistributions(without, samples, 1); }),
            ErrorCode::kInternal);
}

}  // namespace
}  // namespace mhcnn
