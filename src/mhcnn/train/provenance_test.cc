#include "mhcnn/train/provenance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/base/version.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::ScratchFolder;

TEST(Provenance, DescribesTheData) {
  const ScratchFolder folder;
  Recipe recipe;
  recipe.manifest = folder / "set.csv";
  WriteFileAtomically(recipe.manifest, "foobar");
  std::vector<Sample> samples(7);
  const double percent_densities[] = {40, 10, 50, 20, 30};
  for (std::size_t i = 0; i < 5; ++i) samples[i].percent_density = percent_densities[i];
  for (const std::size_t i : {0, 2}) samples[i].split = "train";
  samples[1].split = "val";
  samples[3].category = DensityCategory::kB;
  samples[4].category = DensityCategory::kB;
  samples[5].category = DensityCategory::kD;
  const auto data = Provenance(recipe, {}, samples).at("data");
  EXPECT_EQ(data.at("manifest"), "set.csv");
  EXPECT_EQ(data.at("manifest_fnv1a"), "85944171f73967e8");  // published for "foobar"
  EXPECT_EQ(data.at("images"), 7);
  EXPECT_EQ(data.at("splits"), (nlohmann::json{{"train", 2}, {"val", 1}, {"", 4}}));
  EXPECT_EQ(data.at("categories"), (nlohmann::json{{"b", 2}, {"d", 1}}));
  EXPECT_EQ(data.at("percent_quartiles"), (nlohmann::json{10, 20, 30, 40, 50}));
  samples.resize(7);
  for (auto& sample : samples) sample.percent_density.reset();
  EXPECT_FALSE(Provenance(recipe, {}, samples).at("data").contains("percent_quartiles"));
}

TEST(Provenance, StatesWhereTheRunStands) {
  const ScratchFolder folder;
  Recipe recipe;
  recipe.manifest = folder / "set.csv";
  WriteFileAtomically(recipe.manifest, "");
  recipe.seed = 41;
  RunState state;
  state.recipe = "seed = 41";
  state.forward = "bf16-channels-last";
  state.position.epochs_done = 6;
  state.position.steps_done = 180;
  const auto about = Provenance(recipe, state, {});
  EXPECT_EQ(about.at("recipe"), "seed = 41");
  EXPECT_EQ(about.at("seed"), 41);
  EXPECT_EQ(about.at("epochs"), 6);
  EXPECT_EQ(about.at("steps"), 180);
  EXPECT_EQ(about.at("computed_as"), "bf16-channels-last");
  EXPECT_EQ(about.at("mhcnn"), Version());
  EXPECT_FALSE(about.contains("readers"));
}

TEST(Provenance, StatesTheRatesOfReaders) {
  const ScratchFolder folder;
  Recipe recipe;
  recipe.manifest = folder / "set.csv";
  WriteFileAtomically(recipe.manifest, "");
  RunState state;
  state.learned.reader_names = {"first", "second"};
  // Rates are sigmoid(10 x).
  state.learned.readers = {0, static_cast<float>(std::log(3.0) / 10),
                           static_cast<float>(std::log(9.0) / 10), 0};
  const auto readers = Provenance(recipe, state, {}).at("readers");
  EXPECT_NEAR(readers.at("first").at("sensitivity").get<double>(), 0.5, 1e-6);
  EXPECT_NEAR(readers.at("first").at("specificity").get<double>(), 0.75, 1e-6);
  EXPECT_NEAR(readers.at("second").at("sensitivity").get<double>(), 0.9, 1e-6);
}

}  // namespace
}  // namespace mhcnn
