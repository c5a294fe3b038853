#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/testing/training_sets.h"
#include "mhcnn/train/recipe.h"
#include "mhcnn/train/trainer.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, TrainerOptions) {
  TrainerOptions valid;
  valid.output = "run";
  ExpectChecks<TrainerOptions>(valid, {{"output", [](auto& o) { o.output.clear(); }}});
}

TEST(OptionChecks, Recipe) {
  const Recipe valid =
      testing_support::ParseRecipe("data.manifest = \"m.csv\"\nphase = [{epochs = 2}]\n");
  ExpectChecks<Recipe>(
      valid, {{"data.manifest", [](auto& o) { o.manifest.clear(); }},
              {"network.dropout", [](auto& o) { o.network.dropout = 1; }},
              {"data.val_share", [](auto& o) { o.val_fraction = 1; }},
              {"data.folds", [](auto& o) { o.folds = 1; }},
              {"loss.tversky_alpha", [](auto& o) { o.loss.segmentation.alpha = -1; }},
              {"optimizer.warmup", [](auto& o) { o.schedule.warmup = 1; }},
              {"augment.blur", [](auto& o) { o.augment.blur = -1; }},
              {"training.batch' must lie in 1 to 4096, it is 0", [](auto& o) { o.batch = 0; }},
              {"phase.0.epochs", [](auto& o) { o.phases[0].epochs = 0; }}});
}

}  // namespace
}  // namespace mhcnn
