#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/infer/backend.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/testing/formula_weights.h"
#include "mhcnn/testing/goldens.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::Golden;
using testing_support::ScratchFolder;

constexpr int kRows = 96, kColumns = 64;
constexpr std::size_t kStep = 7;

Checkpoint Formula(NetworkOptions network) {
  Checkpoint checkpoint;
  checkpoint.network = std::move(network);
  checkpoint.preprocess.input_height = kRows;
  checkpoint.preprocess.input_width = kColumns;
  checkpoint.provenance = nlohmann::json::object();
  checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
  return checkpoint;
}

std::vector<NetworkOutput> Outputs(const Checkpoint& checkpoint,
                                   const std::vector<cv::Mat1f>& pictures) {
  const ScratchFolder folder;
  ModelCard card;
  card.name = "test";
  card.masks = checkpoint.network.masks;
  card.categories = {"a", "b", "c", "d"};
  card.calibration = card.training = card.provenance = nlohmann::json::object();
  WriteOnnxModel(folder / "m.onnx", checkpoint, card, {.half = false});
  BackendOptions options;
  options.model = folder / "m.onnx";
  options.threads = 2;
  const auto backend = Backend::Create(options);
  EXPECT_EQ(backend->card().network, checkpoint.network);
  return backend->Run(pictures);
}

const TensorMap& Goldens() {
  static const TensorMap goldens = ReadSafetensors(Golden("baselines.safetensors")).tensors;
  return goldens;
}

std::vector<cv::Mat1f> GoldenPictures() {
  auto values = Goldens().at("image").ToFloat();
  std::vector<cv::Mat1f> pictures;
  for (std::size_t i = 0; i < 2; ++i)
    pictures.push_back(cv::Mat1f(kRows, kColumns, values.data() + i * kRows * kColumns).clone());
  return pictures;
}

NetworkOptions Small(const std::string& encoder, std::vector<Head> heads) {
  return {.encoder = encoder,
          .decoder_channels = {8, 8, 8, 8, 8},
          .dropout = 0,
          .heads = std::move(heads)};
}

void ExpectMasks(const std::vector<NetworkOutput>& outputs, const std::string& name) {
  const auto wanted = Goldens().at(name).ToFloat();
  std::vector<double> logits;
  for (const auto& output : outputs) {
    ASSERT_EQ(output.masks.size(), 3u);
    for (const auto& mask : output.masks) {
      for (const float p : mask) logits.push_back(std::log(p / (1.0 - p)));
    }
  }
  for (std::size_t k = 0; k < wanted.size(); ++k)
    ASSERT_NEAR(logits.at(k * kStep), wanted[k], 1e-4) << name << " " << k;
}

/// Differences of logits, which are what probabilities keep.
void ExpectCategories(const std::vector<NetworkOutput>& outputs, const std::vector<float>& logits,
                      double tolerance) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    ASSERT_EQ(outputs[i].category.size(), 4u);
    for (std::size_t c = 1; c < 4; ++c) {
      EXPECT_NEAR(std::log(outputs[i].category[c] / outputs[i].category[0]),
                  static_cast<double>(logits[4 * i + c]) - logits[4 * i], tolerance);
    }
  }
}

// scripts/goldens/make_baseline_goldens.py computes the same networks in NumPy, and
// src/mhcnn/nn/baselines_test.cc compares LibTorch's with it.
TEST(Baselines, GraphsEqualReference) {
  auto per_mask =
      Small("resnet18", {Head::kSegmentation, Head::kRegression, Head::kClassification});
  per_mask.decoders = Decoders::kPerMask;
  const auto two = Outputs(Formula(per_mask), GoldenPictures());
  ExpectMasks(two, "per_mask.segmentation");
  ExpectCategories(two, Goldens().at("per_mask.category").ToFloat(), 1e-5);
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_NEAR(*two[i].percent / 100, Goldens().at("per_mask.percent").ToFloat()[i], 1e-6);

  auto dense_mask = Small("resnet18", {Head::kSegmentation, Head::kClassification});
  dense_mask.category_from = CategorySource::kDenseMask;
  const auto stages = Outputs(Formula(dense_mask), GoldenPictures());
  ExpectMasks(stages, "dense_mask.segmentation");
  ExpectCategories(stages, Goldens().at("dense_mask.category").ToFloat(), 1e-5);
  EXPECT_FALSE(stages[0].percent);

  const auto wu =
      Outputs(Formula(Small("pixel_histogram", {Head::kClassification})), GoldenPictures());
  ExpectCategories(wu, Goldens().at("pixel_histogram.category").ToFloat(), 1e-5);
  EXPECT_TRUE(wu[0].masks.empty());
  EXPECT_FALSE(wu[0].percent);
}

TEST(Baselines, AbsentHeadsGiveNothing) {
  for (const Head head : {Head::kSegmentation, Head::kRegression, Head::kClassification}) {
    const auto outputs = Outputs(Formula(Small("resnet18", {head})), GoldenPictures());
    ASSERT_EQ(outputs.size(), 2u);
    for (const auto& output : outputs) {
      EXPECT_EQ(!output.masks.empty(), head == Head::kSegmentation);
      EXPECT_EQ(output.percent.has_value(), head == Head::kRegression);
      EXPECT_EQ(!output.category.empty(), head == Head::kClassification);
    }
  }
}

/// A classifier whose logits are 0 and three weighted sums of the histogram's shares: each hidden
/// layer hands its first 50 inputs on, which are not negative.
Checkpoint WeightedSums(const std::vector<std::vector<float>>& weights) {
  Checkpoint checkpoint = Formula(Small("pixel_histogram", {Head::kClassification}));
  const auto set = [&](const std::string& name, std::vector<std::int64_t> shape, auto&& value) {
    std::vector<float> values;
    for (std::int64_t row = 0; row < shape[0]; ++row) {
      for (std::int64_t column = 0; column < shape[1]; ++column)
        values.push_back(value(static_cast<std::size_t>(row), static_cast<std::size_t>(column)));
    }
    checkpoint.weights.at(name + ".weight") = Tensor::FromFloat(shape, values);
    checkpoint.weights.at(name + ".bias") =
        Tensor::FromFloat({shape[0]}, std::vector<float>(static_cast<std::size_t>(shape[0]), 0.0f));
  };
  const auto same = [](std::size_t row, std::size_t column) {
    return row == column && row < 50 ? 1.0f : 0.0f;
  };
  set("encoder.hidden1", {200, 50}, same);
  set("encoder.hidden2", {100, 200}, same);
  set("classification_head", {4, 100}, [&](std::size_t row, std::size_t column) {
    return row > 0 && column < 50 ? weights[row - 1][column] / 50 : 0.0f;
  });
  return checkpoint;
}

TEST(Baselines, HistogramsEqualDirectCounts) {
  const auto wanted = Goldens().at("pixel_histogram.histogram").ToFloat();  // by NumPy
  for (std::size_t first = 0; first < 50; first += 3) {
    std::vector<std::vector<float>> weights(3, std::vector<float>(50, 0.0f));
    std::vector<float> logits(8, 0.0f);
    for (std::size_t k = 0; k < 3; ++k) {
      const std::size_t bin = std::min<std::size_t>(49, first + k);
      weights[k][bin] = 1;
      for (std::size_t i = 0; i < 2; ++i) logits[4 * i + k + 1] = wanted[50 * i + bin] / 50;
    }
    ExpectCategories(Outputs(WeightedSums(weights), GoldenPictures()), logits, 1e-6);
  }
}

}  // namespace
}  // namespace mhcnn
