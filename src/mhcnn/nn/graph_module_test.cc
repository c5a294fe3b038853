#include "mhcnn/nn/graph_module.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/model/safetensors.h"
#include "mhcnn/testing/formula_weights.h"

namespace mhcnn::nn {
namespace {

/// Sum over the outputs of sum(output * formula), as tests/data/goldens/README.md says.
torch::Tensor FormulaLoss(const Outputs& outputs, torch::ScalarType type) {
  torch::Tensor loss = torch::zeros({}, type);
  for (const auto& [name, output] :
       {std::pair<const char*, torch::Tensor>{"loss.segmentation", outputs.segmentation},
        {"loss.percent", outputs.percent},
        {"loss.category", outputs.category}}) {
    loss = loss + (output * ToTorch(FormulaTensor(name, output.sizes().vec())).to(type)).sum();
  }
  return loss;
}

/// Norm, then the values at 0, n/4, n/2, 3n/4.
std::vector<double> Digest(const torch::Tensor& tensor) {
  const auto flat = tensor.contiguous().flatten().to(torch::kFloat64);
  std::vector<double> digest = {flat.norm().item<double>()};
  for (std::int64_t quarter = 0; quarter < 4; ++quarter)
    digest.push_back(flat[flat.numel() * quarter / 4].item<double>());
  return digest;
}

struct GoldenCase {
  const char* encoder;
  bool train;
  torch::ScalarType type;
  bool channels_last = false;
};

void PrintTo(const GoldenCase& c, std::ostream* out) {
  *out << c.encoder << (c.train ? " train " : " eval ") << torch::toString(c.type)
       << (c.channels_last ? " channels-last" : "");
}

class Golden : public ::testing::TestWithParam<GoldenCase> {
 protected:
  // The order of sums that the goldens were made with. On more threads convolutions are computed by
  // other algorithms, and rounding alone moves single gradients of ResNet101 by up to 2e-3: a value
  // near 0 falls on the other side of a ReLU.
  Golden() : threads_(torch::get_num_threads()) { torch::set_num_threads(1); }
  ~Golden() override { torch::set_num_threads(threads_); }

 private:
  int threads_;
};

// segmentation_models.pytorch's U-Net with the same weights: in single precision forward within
// 1e-4 and gradients within 1e-3 relative; in double precision, where rounding hides nothing, to
// the seventh digit that the files hold.
TEST_P(Golden, ForwardAndGradientsEqualSegmentationModels) {
  const auto& [encoder, train, type, channels_last] = GetParam();
  const bool exact = type == torch::kFloat64;
  const double forward_error = exact ? 2e-6 : 1e-4, gradient_error = exact ? 1e-5 : 1e-3;
  const auto golden = ReadSafetensors(std::string(MHCNN_SOURCE_DIR) + "/tests/data/goldens/unet_" +
                                      encoder + ".safetensors");
  const Network description = BuildNetwork({.encoder = encoder, .dropout = 0});
  GraphModule network(description);
  network.Load(FormulaWeights(description));
  network.train(train);
  network.to(type);
  torch::Tensor image = ToTorch(FormulaTensor("image", {2, 1, 96, 64})).to(type);
  if (channels_last)
    image = torch::empty_strided(image.sizes(), {6144, 1, 64, 1}).to(type).copy_(image);
  const Outputs outputs = network.Forward(image);

  const std::string mode = train ? "train." : "eval.";
  const auto expect = [&](const std::string& name, const torch::Tensor& got) {
    const auto wanted = ToTorch(golden.tensors.at(mode + name)).to(torch::kFloat64);
    const auto flat = got.contiguous().flatten().to(torch::kFloat64);
    const auto sampled = name == "segmentation" ? flat.slice(0, 0, std::nullopt, 7) : flat;
    EXPECT_LT((sampled - wanted.flatten()).abs().max().item<double>(), forward_error) << name;
  };
  expect("segmentation", outputs.segmentation);
  expect("percent", outputs.percent);
  expect("category", outputs.category);

  FormulaLoss(outputs, type).backward();
  double largest = 0;
  for (const auto& [name, parameter] : network.Trainable()) {
    largest = std::max(largest,
                       static_cast<double>(golden.tensors.at(mode + "grad." + name).ToFloat()[0]));
  }
  for (const auto& [name, parameter] : network.Trainable()) {
    ASSERT_TRUE(parameter.grad().defined()) << name;
    const auto wanted = golden.tensors.at(mode + "grad." + name).ToFloat();
    const auto got = Digest(parameter.grad());
    const double scale = std::max(static_cast<double>(wanted[0]), 1e-3 * largest);
    for (std::size_t i = 0; i < got.size(); ++i)
      EXPECT_LT(std::abs(got[i] - wanted[i]) / scale, gradient_error) << name << " " << i;
  }
  if (!train) return;
  for (const auto& parameter : Parameters(description)) {
    if (parameter.trainable) continue;
    const auto wanted = golden.tensors.at("train.stat." + parameter.name).ToFloat();
    const auto got = Digest(network.Weight(parameter.name));
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_LT(
          std::abs(got[i] - wanted[i]) / std::max(1e-3, std::abs(static_cast<double>(wanted[0]))),
          1e-4)
          << parameter.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Nn, Golden,
    // In train mode a channel of the deepest level has 12 values, whose statistics take single
    // precision itself beyond the tolerance (tests/data/goldens/README.md).
    ::testing::Values(GoldenCase{"resnet101", false, torch::kFloat32},
                      GoldenCase{"resnet101", false, torch::kFloat64},
                      GoldenCase{"resnet101", true, torch::kFloat64},
                      GoldenCase{"efficientnet_lite0", false, torch::kFloat32},
                      GoldenCase{"efficientnet_lite0", false, torch::kFloat32, true},
                      GoldenCase{"efficientnet_lite0", false, torch::kFloat64},
                      GoldenCase{"efficientnet_lite0", true, torch::kFloat64}));

TEST(GraphModule, FrozenPartsGetNoGradientAndKeepStatistics) {
  const Network description =
      BuildNetwork({.encoder = "resnet18", .decoder_channels = {16, 8, 8, 8, 8}});
  GraphModule network(description);
  network.Initialize(1);
  network.train();
  network.Freeze({Module::kEncoder});
  const auto before = network.Save();
  const Outputs outputs = network.Forward(torch::rand({2, 1, 64, 64}));
  (outputs.segmentation.sum() + outputs.percent.sum()).backward();
  const auto after = network.Save();
  for (const auto& parameter : Parameters(description)) {
    const bool frozen = parameter.module == Module::kEncoder;
    if (parameter.trainable && frozen) {
      EXPECT_FALSE(network.Weight(parameter.name).grad().defined());
    }
    if (!parameter.trainable) {
      EXPECT_EQ(before.at(parameter.name).bytes == after.at(parameter.name).bytes, frozen)
          << parameter.name;
    }
  }
}

TEST(GraphModule, SaveAndLoadKeepAllBits) {
  const Network description =
      BuildNetwork({.encoder = "efficientnet_lite0", .decoder_channels = {16, 8, 8, 8, 8}});
  GraphModule a(description), b(description), c(description);
  a.Initialize(3);
  b.Initialize(3);
  c.Initialize(4);
  const auto weights = a.Save();
  std::size_t different = 0;
  for (const auto& [name, tensor] : weights) {
    EXPECT_EQ(tensor.bytes, b.Save().at(name).bytes);
    different += tensor.bytes != c.Save().at(name).bytes;
  }
  EXPECT_GT(different, 50u);
  c.Load(weights);
  const auto loaded = c.Save();
  for (const auto& [name, tensor] : weights) EXPECT_EQ(tensor.bytes, loaded.at(name).bytes) << name;
}

}  // namespace
}  // namespace mhcnn::nn
