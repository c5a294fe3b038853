#include "mhcnn/base/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

TEST(Options, UnknownKeySuggestsNearest) {
  auto options = Options::FromText("[optimizer]\nwieght_decay = 1e-4\n", "recipe.toml");
  double decay = 0;
  options.Get("optimizer.weight_decay", decay);
  const auto message = ErrorMessage([&] { options.RejectUnknown(); }, ErrorCode::kUsage);
  EXPECT_THAT(message, HasSubstr("recipe.toml"));
  EXPECT_THAT(message, HasSubstr("wieght_decay"));
  EXPECT_THAT(message, HasSubstr("did you mean 'optimizer.weight_decay'?"));
}

TEST(Options, ReadsPhasesAndOverrides) {
  auto options = Options::FromText("[[phase]]\nepochs = 2\n[[phase]]\nepochs = 3\n", "r");
  options.Override("phase.1.epochs=7");
  options.Override("model.encoder=resnet18");
  int epochs = 0;
  ASSERT_EQ(options.Count("phase"), 2u);
  options.Get("phase.0.epochs", epochs);
  EXPECT_EQ(epochs, 2);
  options.Get("phase.1.epochs", epochs);
  EXPECT_EQ(epochs, 7);
  std::string encoder;
  options.Get("model.encoder", encoder);
  EXPECT_EQ(encoder, "resnet18");
  options.RejectUnknown();
}

TEST(Options, NamesWrongTypeAndInvalidToml) {
  auto options = Options::FromText("epochs = 'many'\n", "r.toml");
  int epochs = 0;
  EXPECT_THAT(ErrorMessage([&] { options.Get("epochs", epochs); }, ErrorCode::kUsage),
              HasSubstr("'epochs' must be a whole number"));
  EXPECT_THAT(ErrorMessage([] { Options::FromText("a = = 1", "bad.toml"); }, ErrorCode::kUsage),
              HasSubstr("bad.toml: is not valid TOML at line 1"));
}

}  // namespace
}  // namespace mhcnn
