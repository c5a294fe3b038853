#include "mhcnn/train/modules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::ErrorMessage;

TEST(ParseModules, KnowsEachPartOfTheNetwork) {
  EXPECT_THAT(
      ParseModules({"regression", "encoder", "classification", "decoder", "segmentation"}, "key"),
      ElementsAre(Module::kEncoder, Module::kDecoder, Module::kSegmentationHead,
                  Module::kRegressionHead, Module::kClassificationHead));
  EXPECT_THAT(ParseModules({}, "key"), IsEmpty());
}

TEST(ParseModules, TakesRepeatedNameOnce) {
  EXPECT_THAT(ParseModules({"decoder", "decoder"}, "key"), ElementsAre(Module::kDecoder));
}

TEST(ParseModules, RefusesUnknownNameWithKeyAndNearestName) {
  const std::string message = ErrorMessage(
      [] {
        ParseModules({"encoder", "decodre"}, "phase.freeze");
      },
      ErrorCode::kUsage);
  EXPECT_THAT(message, HasSubstr("'phase.freeze'"));
  EXPECT_THAT(message, HasSubstr("'decodre'"));
  EXPECT_THAT(message, HasSubstr("did you mean 'decoder'?"));
  EXPECT_THAT(ErrorMessage([] { ParseModules({"xyzzy"}, "key"); }, ErrorCode::kUsage),
              Not(HasSubstr("did you mean")));
}

}  // namespace
}  // namespace mhcnn
