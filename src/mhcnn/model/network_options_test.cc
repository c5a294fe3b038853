#include "mhcnn/model/network_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

TEST(NetworkOptions, CheckNamesTheField) {
  EXPECT_NO_THROW(NetworkOptions().Check());
  const std::pair<const char*, std::function<void(NetworkOptions&)>> cases[] = {
      {"network.encoder 'resnet' is not known", [](auto& o) { o.encoder = "resnet"; }},
      {"network.decoder_channels must be five",
       [](auto& o) {
         o.decoder_channels = {8, 8};
       }},
      {"network.decoder_channels must lie in 1..4096",
       [](auto& o) {
         o.decoder_channels = {8, 8, 8, 8, 0};
       }},
      {"network.masks must name 1 to 64 masks", [](auto& o) { o.masks.clear(); }},
      {"network.dropout must lie in 0..1", [](auto& o) { o.dropout = 1; }},
      {"network.heads is empty", [](auto& o) { o.heads.clear(); }},
      {"network.decoders 'per_mask' needs", [](auto& o) {
         o.masks = {"breast"};
         o.decoders = Decoders::kPerMask;
       }}};
  for (const auto& [message, change] : cases) {
    NetworkOptions options;
    change(options);
    EXPECT_THAT(ErrorMessage([&] { options.Check(); }, ErrorCode::kUsage), HasSubstr(message));
  }
}

TEST(NetworkOptions, WordsRoundTripAndUnknownOnesAreRefused) {
  for (const Head head : NetworkOptions().heads) EXPECT_EQ(ParseHead(HeadName(head)), head);
  for (const auto value : {Decoders::kShared, Decoders::kPerMask})
    EXPECT_EQ(ParseDecoders(DecodersName(value)), value);
  for (const auto value : {CategorySource::kFeatures, CategorySource::kDenseMask})
    EXPECT_EQ(ParseCategorySource(CategorySourceName(value)), value);
  EXPECT_THAT(ErrorMessage([] { ParseHead("segmentatio"); }, ErrorCode::kUsage),
              HasSubstr("network.heads 'segmentatio' is not known; did you mean 'segmentation'?"));
  EXPECT_THAT(ErrorMessage([] { ParseDecoders("per_masks"); }, ErrorCode::kUsage),
              HasSubstr("did you mean 'per_mask'?"));
  EXPECT_THAT(ErrorMessage([] { ParseCategorySource("mask"); }, ErrorCode::kUsage),
              HasSubstr("network.category_from"));
}

TEST(NetworkOptions, FileWithUnknownWordIsCorrupt) {
  nlohmann::json json = NetworkOptions();
  EXPECT_EQ(json.at("heads").dump(), R"(["segmentation","regression","classification"])");
  EXPECT_EQ(json.at("decoders"), "shared");
  EXPECT_EQ(json.at("category_from"), "features");
  json["decoders"] = "several";
  EXPECT_THAT(ErrorMessage([&] { json.get<NetworkOptions>(); }, ErrorCode::kCorrupt),
              HasSubstr("'several'"));
}

}  // namespace
}  // namespace mhcnn
