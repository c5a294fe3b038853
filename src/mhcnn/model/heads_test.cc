#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/model/checkpoint.h"
#include "mhcnn/model/network.h"
#include "mhcnn/model/pretrained.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/formula_weights.h"
#include "mhcnn/testing/goldens.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

NetworkOptions With(std::vector<Head> heads, Decoders decoders = Decoders::kShared,
                    CategorySource category_from = CategorySource::kFeatures,
                    const std::string& encoder = "resnet18") {
  NetworkOptions options;
  options.encoder = encoder;
  options.heads = std::move(heads);
  options.decoders = decoders;
  options.category_from = category_from;
  return options;
}

const std::vector<Head> kAll = {Head::kSegmentation, Head::kRegression, Head::kClassification};

std::vector<NetworkOptions> Variants() {
  return {
      With(kAll),
      With({Head::kSegmentation}),
      With({Head::kRegression}),
      With({Head::kClassification}),
      With(kAll, Decoders::kPerMask),
      With({Head::kSegmentation, Head::kClassification}, Decoders::kShared,
           CategorySource::kDenseMask),
      With(kAll, Decoders::kPerMask, CategorySource::kDenseMask),
      With({Head::kClassification}, Decoders::kShared, CategorySource::kFeatures, kPixelHistogram)};
}

std::map<Module, std::int64_t> Counts(const Network& network) {
  std::map<Module, std::int64_t> counts;
  for (const auto& parameter : Parameters(network)) {
    std::int64_t count = parameter.trainable;
    for (const auto side : parameter.shape) count *= side;
    counts[parameter.module] += count;
  }
  return counts;
}

TEST(Heads, VariantsHaveUniqueNames) {
  for (const auto& options : Variants()) {
    const Network network = BuildNetwork(options);
    std::set<std::string> names;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const Layer& layer = network.layers[i];
      EXPECT_TRUE(names.insert(layer.name).second) << layer.name;
      for (const int input : layer.inputs) {
        ASSERT_GE(input, 0);
        ASSERT_LT(input, static_cast<int>(i));
      }
    }
    for (const auto& parameter : Parameters(network)) {
      const std::string first = parameter.name.substr(0, parameter.name.find_first_of("._"));
      EXPECT_EQ(first, ModuleName(parameter.module)) << parameter.name;
    }
    EXPECT_EQ(network.segmentation >= 0, options.Has(Head::kSegmentation));
    EXPECT_EQ(network.regression >= 0, options.Has(Head::kRegression));
    EXPECT_EQ(network.classification >= 0, options.Has(Head::kClassification));
  }
}

TEST(Heads, AbsentHeadsHaveNoParameters) {
  const auto all = Counts(BuildNetwork(With(kAll)));
  const auto only = Counts(BuildNetwork(With({Head::kRegression})));
  EXPECT_EQ(only, (std::map<Module, std::int64_t>{{Module::kEncoder, all.at(Module::kEncoder)},
                                                  {Module::kRegressionHead, 512 + 1}}));
  const auto masks = Counts(BuildNetwork(With({Head::kSegmentation})));
  EXPECT_EQ(masks.at(Module::kDecoder), all.at(Module::kDecoder));
  EXPECT_EQ(masks.count(Module::kClassificationHead), 0u);
}

TEST(Heads, DecoderPerMaskMakesTwoDecoders) {
  const auto shared = Counts(BuildNetwork(With(kAll))),
             two = Counts(BuildNetwork(With(kAll, Decoders::kPerMask)));
  EXPECT_EQ(two.at(Module::kDecoder), 2 * shared.at(Module::kDecoder));
  EXPECT_EQ(two.at(Module::kSegmentationHead), shared.at(Module::kSegmentationHead));
  EXPECT_EQ(two.at(Module::kEncoder), shared.at(Module::kEncoder));
}

TEST(Heads, BaselineClassifiersHavePublishedSizes) {
  const auto wu = Counts(BuildNetwork(With({Head::kClassification}, Decoders::kShared,
                                           CategorySource::kFeatures, kPixelHistogram)));
  EXPECT_EQ(wu.at(Module::kEncoder) + wu.at(Module::kClassificationHead),
            50 * 200 + 200 + 200 * 100 + 100 + 100 * 4 + 4);
  const auto saffari = Counts(BuildNetwork(With({Head::kSegmentation, Head::kClassification},
                                                Decoders::kShared, CategorySource::kDenseMask)));
  EXPECT_EQ(saffari.at(Module::kClassificationHead),
            81 * 16 + 16 + 25 * 16 * 32 + 32 + 16 * 32 * 64 + 64 + 64 * 128 + 128 + 128 * 4 + 4);
}

TEST(Heads, OptionsRoundTripAndOldFilesGetDefaults) {
  for (const auto& options : Variants())
    EXPECT_EQ(nlohmann::json(options).get<NetworkOptions>(), options);
  nlohmann::json old = NetworkOptions();
  for (const char* key : {"heads", "decoders", "category_from"}) old.erase(key);
  EXPECT_EQ(old.get<NetworkOptions>(), NetworkOptions());
  ErrorMessage([] { nlohmann::json{{"heads", 3}}.get<NetworkOptions>(); }, ErrorCode::kCorrupt);
}

TEST(Heads, NamesInvalidOptions) {
  const auto message = [](const NetworkOptions& options) {
    return ErrorMessage([&] { BuildNetwork(options); }, ErrorCode::kUsage);
  };
  EXPECT_THAT(message(With({})), HasSubstr("network.heads is empty"));
  EXPECT_THAT(message(With({Head::kRegression, Head::kRegression})),
              HasSubstr("'regression' twice"));
  EXPECT_THAT(message(With({Head::kRegression}, Decoders::kPerMask)),
              HasSubstr("network.decoders"));
  EXPECT_THAT(message(With({Head::kClassification}, Decoders::kShared, CategorySource::kDenseMask)),
              HasSubstr("'dense_mask' needs the heads"));
  EXPECT_THAT(message(With(kAll, Decoders::kShared, CategorySource::kFeatures, kPixelHistogram)),
              HasSubstr("must be [\"classification\"]"));
  EXPECT_THAT(message(With(kAll, Decoders::kShared, CategorySource::kFeatures, "pixel_histogramm")),
              HasSubstr("did you mean 'pixel_histogram'?"));
}

TEST(Heads, CheckpointOfAllHeadsInitialisesSingleHead) {
  const ScratchFolder folder;
  Checkpoint checkpoint;
  checkpoint.network = With(kAll);
  checkpoint.network.decoder_channels = {8, 8, 8, 8, 8};
  checkpoint.provenance = nlohmann::json::object();
  checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
  WriteCheckpoint(folder / "all.safetensors", checkpoint);
  EXPECT_EQ(ReadCheckpoint(folder / "all.safetensors").network, checkpoint.network);

  auto one = checkpoint.network;
  one.heads = {Head::kClassification};
  const Network network = BuildNetwork(one);
  const TensorMap taken = ReadPretrained(network, folder / "all.safetensors");
  EXPECT_EQ(taken.size(), Parameters(network).size());
  EXPECT_THAT(ErrorMessage(
                  [&] {
                    ReadPretrained(BuildNetwork(Variants().back()),
                                   testing_support::Golden("legacy.pth"));
                  },
                  ErrorCode::kUnsupported),
              HasSubstr("pixel_histogram"));
}

}  // namespace
}  // namespace mhcnn
