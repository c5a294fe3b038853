#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/model/builder.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/nn/graph_module.h"
#include "mhcnn/testing/formula_weights.h"
#include "mhcnn/testing/goldens.h"

namespace mhcnn::nn {
namespace {

const TensorMap& Goldens() {
  static const TensorMap goldens =
      ReadSafetensors(testing_support::Golden("baselines.safetensors")).tensors;
  return goldens;
}

NetworkOptions Small(const std::string& encoder = "resnet18") {
  return {.encoder = encoder, .decoder_channels = {8, 8, 8, 8, 8}, .dropout = 0};
}

Outputs FormulaOutputs(const NetworkOptions& options, torch::ScalarType type) {
  const Network description = BuildNetwork(options);
  GraphModule network(description);
  network.Load(FormulaWeights(description));
  network.eval();
  network.to(type);
  return network.Forward(ToTorch(Goldens().at("image")).to(type));
}

void ExpectGolden(const std::string& name, const torch::Tensor& got, double tolerance,
                  std::int64_t step = 1) {
  ASSERT_TRUE(got.defined()) << name;
  const auto wanted = ToTorch(Goldens().at(name)).to(torch::kFloat64);
  const auto flat = got.contiguous().flatten().to(torch::kFloat64).slice(0, 0, std::nullopt, step);
  ASSERT_EQ(flat.numel(), wanted.numel()) << name;
  EXPECT_LT((flat - wanted.flatten()).abs().max().item<double>(), tolerance) << name;
}

// scripts/goldens/make_baseline_goldens.py computes the same networks in NumPy.
TEST(Baselines, ForwardEqualsReference) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    const double tolerance = type == torch::kFloat64 ? 2e-6 : 1e-4;
    auto per_mask = Small();
    per_mask.decoders = Decoders::kPerMask;
    const Outputs two = FormulaOutputs(per_mask, type);
    ExpectGolden("per_mask.segmentation", two.segmentation, tolerance, 7);
    ExpectGolden("per_mask.percent", two.percent, tolerance);
    ExpectGolden("per_mask.category", two.category, tolerance);

    auto dense_mask = Small();
    dense_mask.heads = {Head::kSegmentation, Head::kClassification};
    dense_mask.category_from = CategorySource::kDenseMask;
    const Outputs stages = FormulaOutputs(dense_mask, type);
    ExpectGolden("dense_mask.segmentation", stages.segmentation, tolerance, 7);
    ExpectGolden("dense_mask.category", stages.category, tolerance);
    EXPECT_FALSE(stages.percent.defined());

    auto histogram = Small("pixel_histogram");
    histogram.heads = {Head::kClassification};
    const Outputs wu = FormulaOutputs(histogram, type);
    ExpectGolden("pixel_histogram.category", wu.category, tolerance);
    EXPECT_FALSE(wu.segmentation.defined() || wu.percent.defined());
  }
}

TEST(Baselines, HeadOutputDoesNotDependOnOtherHeads) {
  const Outputs whole = FormulaOutputs(Small(), torch::kFloat64);
  for (const Head head : {Head::kSegmentation, Head::kRegression, Head::kClassification}) {
    auto options = Small();
    options.heads = {head};
    const Outputs alone = FormulaOutputs(options, torch::kFloat64);
    const std::pair<torch::Tensor, torch::Tensor> pairs[] = {
        {alone.segmentation, whole.segmentation},
        {alone.percent, whole.percent},
        {alone.category, whole.category}};
    int given = 0;
    for (const auto& [a, b] : pairs) {
      if (!a.defined()) continue;
      ++given;
      EXPECT_LT((a - b).abs().max().item<double>(), 1e-12) << HeadName(head);
    }
    EXPECT_EQ(given, 1) << HeadName(head);
    EXPECT_EQ(alone.Zero().item<double>(), 0);
  }
}

/// A network that is a histogram and nothing else.
torch::Tensor ComputeHistogram(const torch::Tensor& images) {
  Network network;
  NetworkBuilder builder(network);
  network.classification = builder.Histogram("h", builder.Input(), 50, -0.25, 1.25);
  return GraphModule(network).Forward(images).category;
}

TEST(Histogram, EqualsDirectCountWithoutPadding) {
  torch::manual_seed(3);
  auto images = torch::randn({3, 1, 96, 64}) * 0.4 + 0.3;  // some beyond both ends
  images.slice(3, 50).fill_(0);
  images[1].slice(1, 80).fill_(-1.14e-5f);  // what 16 bits make of padding
  images[2].fill_(0);                       // nothing but padding
  images[0][0][0][0] = -0.22f;              // the second bin's lower end belongs to it
  const auto fractions = ComputeHistogram(images);
  const auto edges = BinEdges(
      BuildNetwork({.encoder = "pixel_histogram", .heads = {Head::kClassification}}).layers.at(1));
  ASSERT_EQ(edges.size(), 49u);
  for (std::int64_t n = 0; n < 3; ++n) {
    std::vector<double> counts(50);
    double pixels = 0;
    const auto values = images[n].flatten().contiguous();
    for (std::int64_t i = 0; i < values.numel(); ++i) {
      const float value = values.data_ptr<float>()[i];
      if (std::abs(value) <= 2e-5f) continue;
      ++pixels;
      std::size_t bin = 0;
      while (bin < edges.size() && value >= edges[bin]) ++bin;
      ++counts[bin];
    }
    EXPECT_EQ(pixels == 0, n == 2);
    for (std::int64_t bin = 0; bin < 50; ++bin) {
      const double wanted = pixels > 0 ? 50 * counts[static_cast<std::size_t>(bin)] / pixels : 0;
      EXPECT_NEAR(fractions[n][bin].item<double>(), wanted, 1e-5) << n << " " << bin;
    }
  }
  // In any memory format, and for each image by itself.
  const auto last = torch::empty_strided(images.sizes(), {6144, 1, 64, 1}).copy_(images);
  EXPECT_TRUE(torch::equal(ComputeHistogram(last), fractions));
  EXPECT_TRUE(torch::equal(ComputeHistogram(images.slice(0, 1, 2)), fractions.slice(0, 1, 2)));
}

}  // namespace
}  // namespace mhcnn::nn
