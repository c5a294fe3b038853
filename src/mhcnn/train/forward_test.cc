#include "mhcnn/train/forward.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "mhcnn/model/builder.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

nn::GraphModule SmallNetwork() {
  nn::GraphModule network(
      BuildNetwork({.encoder = "resnet18", .decoder_channels = {8, 8, 8, 8, 8}, .dropout = 0}));
  network.Initialize(1);
  network.eval();
  return network;
}

TEST(ForwardOptions, NameRoundTrips) {
  std::set<std::string> names;
  for (const ForwardOptions& options : ForwardOptions::All()) {
    names.insert(options.Name());
    const ForwardOptions found = ForwardOptions::Named(options.Name());
    EXPECT_EQ(found.bf16, options.bf16);
    EXPECT_EQ(found.channels_last, options.channels_last);
  }
  EXPECT_THAT(names,
              ::testing::ElementsAre("bf16", "bf16-channels-last", "fp32", "fp32-channels-last"));
  EXPECT_THAT(ErrorMessage([] { ForwardOptions::Named("fp8"); }, ErrorCode::kCorrupt),
              HasSubstr("'fp8'"));
}

TEST(ToChannelsLast, HasChannelsAsFastestAxis) {
  const torch::Tensor plain = torch::arange(2 * 3 * 4 * 5).view({2, 3, 4, 5});
  const torch::Tensor found = ToChannelsLast(plain);
  EXPECT_TRUE(found.equal(plain));
  EXPECT_EQ(found.strides(), torch::IntArrayRef({60, 1, 15, 3}));
  // With one channel as well, where contiguous() leaves the strides as they are.
  EXPECT_EQ(ToChannelsLast(torch::zeros({2, 1, 4, 6})).strides(),
            torch::IntArrayRef({24, 1, 6, 1}));
}

TEST(UseChannelsLast, KeepsTheValuesOfWeights) {
  nn::GraphModule network = SmallNetwork();
  const TensorMap before = network.Save();
  UseChannelsLast(network);
  for (const auto& [name, tensor] : network.Save()) EXPECT_EQ(tensor.bytes, before.at(name).bytes);
  int changed = 0;
  for (const auto& [name, weight] : network.Trainable()) {
    if (weight.dim() != 4) continue;
    EXPECT_EQ(weight.stride(1), 1) << name;
    ++changed;
  }
  EXPECT_GT(changed, 20);
}

TEST(RunForward, GivesTheSameInEachWayButForRounding) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(3);
  const torch::Tensor images = torch::rand({2, 1, 64, 64});
  nn::GraphModule reference = SmallNetwork();
  const nn::Outputs wanted = reference.Forward(images);
  for (const ForwardOptions& options : ForwardOptions::All()) {
    nn::GraphModule network = SmallNetwork();
    if (options.channels_last) UseChannelsLast(network);
    const nn::Outputs found = RunForward(network, images, options);
    const double tolerance = options.bf16 ? 0.05 : 1e-4;
    for (const auto& [a, b] : {std::pair(found.segmentation, wanted.segmentation),
                               {found.percent, wanted.percent},
                               {found.category, wanted.category}}) {
      EXPECT_EQ(a.scalar_type(), torch::kFloat32) << options.Name();
      EXPECT_LT((a - b).norm().item<double>(), tolerance * b.norm().item<double>())
          << options.Name();
    }
  }
}

TEST(RunForward, ComputesInMixedPrecisionOnlyWhereAsked) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(3);
  const torch::Tensor images = torch::rand({1, 1, 64, 64});
  nn::GraphModule network = SmallNetwork();
  const torch::Tensor before = RunForward(network, images, {}).segmentation,
                      mixed = RunForward(network, images, {.bf16 = true}).segmentation;
  EXPECT_FALSE(mixed.equal(before));
  EXPECT_TRUE(RunForward(network, images, {}).segmentation.equal(before))
      << "the precision of one pass does not stay on";
}

}  // namespace
}  // namespace mhcnn
