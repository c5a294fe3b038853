#include "mhcnn/train/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ParseRecipe;

const std::string kBase = "data.manifest = \"m.csv\"\nphase = [{epochs = 2}]\n";

TEST(Recipe, DefaultsEqualPaper) {
  const Recipe recipe = ParseRecipe(kBase);
  EXPECT_EQ(recipe.network.encoder, "resnet101");
  EXPECT_EQ(recipe.learning_rate, 5e-5);
  EXPECT_EQ(recipe.weight_decay, 1e-4);
  EXPECT_EQ(recipe.loss.segmentation.alpha, 0.7);
  EXPECT_EQ(recipe.loss.regression.beta, 20);
  ASSERT_EQ(recipe.phases.size(), 1u);
  EXPECT_EQ(recipe.phases[0].epochs, 2);
}

TEST(Recipe, NamesInvalidKey) {
  const auto refusal = [](const std::string& more) {
    return ErrorMessage([&] { ParseRecipe(kBase + more); }, ErrorCode::kUsage);
  };
  const std::string unknown = refusal("[optimizer]\nlerning_rate = 1\n");
  EXPECT_THAT(unknown, HasSubstr("optimizer.lerning_rate"));
  EXPECT_THAT(unknown, HasSubstr("learning_rate'?"));
  EXPECT_THAT(refusal("training.precision = \"fp64\"\n"), HasSubstr("training.precision"));
  EXPECT_THAT(refusal("training.batch = 0\n"), HasSubstr("training.batch"));
  EXPECT_THAT(refusal("training.batch = \"four\"\n"), HasSubstr("training.batch"));
  EXPECT_THAT(refusal("loss.class_weights = [1, 2]\n"), HasSubstr("loss.class_weights"));
  EXPECT_THAT(refusal("augment.rotation = -1\n"), HasSubstr("augment.rotation"));
  EXPECT_THAT(refusal("preprocess.input_width = 100\n"), HasSubstr("input_width"));
  EXPECT_THAT(refusal("network.encoder = \"resnet99\"\n"), HasSubstr("resnet99"));
}

TEST(Recipe, ParsesCategoryLoss) {
  const Recipe plain = ParseRecipe(kBase);
  EXPECT_EQ(plain.loss.category_form, nn::CategoryForm::kCrossEntropy);
  EXPECT_TRUE(plain.loss.category_of_percent.mean.empty());
  const Recipe ordinal =
      ParseRecipe(kBase + "[loss]\ncategory_form = \"ordinal\"\ncategory_of_percent = true\n");
  EXPECT_EQ(ordinal.loss.category_form, nn::CategoryForm::kOrdinal);
  ASSERT_EQ(ordinal.loss.category_of_percent.mean.size(), 4u);
  EXPECT_LT(ordinal.loss.category_of_percent.mean[0], ordinal.loss.category_of_percent.mean[3]);
  EXPECT_THAT(ErrorMessage([&] { ParseRecipe(kBase + "loss.category_form = \"coral\"\n"); },
                           ErrorCode::kUsage),
              HasSubstr("loss.category_form"));
}

TEST(Recipe, ChecksItsPhases) {
  const auto refusal = [](const std::string& phases) {
    return ErrorMessage([&] { ParseRecipe("data.manifest = \"m.csv\"\n" + phases); },
                        ErrorCode::kUsage);
  };
  EXPECT_THAT(refusal(""), HasSubstr("[[phase]]"));
  EXPECT_THAT(refusal("phase = [{epochs = 0}]\n"), HasSubstr("phase.0.epochs"));
  EXPECT_THAT(refusal("phase = [{}, {lambda_segmentation = 0}]\n"), HasSubstr("phase.1."));
  EXPECT_THAT(refusal("phase = [{freeze = [\"encodr\"]}]\n"), HasSubstr("did you mean 'encoder'?"));
  EXPECT_THAT(ErrorMessage([] { ParseRecipe("phase = [{}]\n"); }, ErrorCode::kUsage),
              HasSubstr("data.manifest"));
}

TEST(Recipe, RecipesOfRepositoryAreValid) {
  int recipes = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(MHCNN_SOURCE_DIR "/recipes")) {
    if (file.path().extension() != ".toml") continue;
    ++recipes;
    Options options = Options::FromFile(file.path());
    options.Override("data.manifest=m.csv");
    EXPECT_NO_THROW(Recipe::Read(options)) << file.path();
  }
  EXPECT_GE(recipes, 11);
}

TEST(Recipe, PhaseNeedsItsHeads) {
  const auto base = [](const std::string& heads, const std::string& phase) {
    return "data.manifest = \"m.csv\"\nnetwork.heads = " + heads + "\nphase = [{" + phase + "}]\n";
  };
  const Recipe recipe = ParseRecipe(base(R"(["regression"])", "lambda_regression = 1"));
  EXPECT_EQ(recipe.phases[0].lambda_segmentation, 0) << "its default is that of the head";
  const auto refusal = [&](const std::string& heads, const std::string& phase) {
    return ErrorMessage([&] { ParseRecipe(base(heads, phase)); }, ErrorCode::kUsage);
  };
  EXPECT_THAT(refusal(R"(["regression"])", "lambda_regression = 1, lambda_segmentation = 1"),
              HasSubstr("phase.0.lambda_segmentation' is above 0, but network.heads has no "
                        "'segmentation'"));
  EXPECT_THAT(refusal(R"(["segmentation"])", "lambda_classification = 1"),
              HasSubstr("phase.0.lambda_classification"));
  EXPECT_THAT(refusal(R"(["classifier"])", "epochs = 1"), HasSubstr("network.heads"));
  EXPECT_THAT(refusal(R"(["regression"])", "lambda_regression = 1}]\n[loss]\nreaders = true\n#"),
              HasSubstr("loss.readers"));
}

TEST(Recipe, ProcessesShareABatchEqually) {
  Recipe recipe;
  recipe.batch = 6;
  EXPECT_NO_THROW(recipe.CheckProcesses(3));
  EXPECT_EQ(
      ErrorMessage([&] { recipe.CheckProcesses(4); }, ErrorCode::kUsage),
      "training.batch: is 6 and cannot be divided equally among 4 processes; choose a multiple of "
      "the number of processes");
}

TEST(Recipe, ScheduleOfPaper) {
  Options options = Options::FromFile(MHCNN_SOURCE_DIR "/recipes/paper.toml");
  options.Override("data.manifest=m.csv");
  const Recipe recipe = Recipe::Read(options);
  EXPECT_EQ(recipe.network.encoder, "resnet101");
  EXPECT_EQ(recipe.learning_rate, 5e-5);
  EXPECT_EQ(recipe.weight_decay, 1e-4);
  int epochs = 0;
  for (const auto& phase : recipe.phases) epochs += phase.epochs;
  EXPECT_EQ(epochs, 250);
  EXPECT_EQ(recipe.phases.front().lambda_regression, 0);
  EXPECT_EQ(recipe.phases[1].lambda_classification, 0);
  EXPECT_GT(recipe.phases.back().lambda_classification, 0);
}

}  // namespace
}  // namespace mhcnn
