#include "mhcnn/train/learner.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/testing/thread_group.h"

namespace mhcnn {
namespace {

using testing_support::SummingThreads;
using testing_support::ThreadGroup;

Recipe SmallRecipe() {
  Recipe recipe;
  recipe.network = {.encoder = "resnet18", .decoder_channels = {8, 8, 8, 8, 8}, .dropout = 0};
  recipe.precision = TrainingPrecision::kFp32;
  recipe.channels_last = false;
  recipe.seed = 3;
  return recipe;
}

const Phase kHeadsAlone{.name = "heads",
                        .lambda_segmentation = 1,
                        .lambda_regression = 1,
                        .lambda_classification = 1,
                        .freeze = {Module::kEncoder, Module::kDecoder}};
const Phase kWhole{.name = "whole",
                   .lambda_segmentation = 1,
                   .lambda_regression = 1,
                   .lambda_classification = 1,
                   .freeze = {}};

/// The images `first` to `last` of four with random labels; the second and third have no percent.
Batch Images(std::int64_t first, std::int64_t last) {
  const auto generator = at::detail::createCPUGenerator(9);
  Batch batch;
  batch.images = torch::rand({4, 1, 64, 64}, generator);
  batch.targets.masks = (torch::rand({4, 3, 64, 64}, generator) > 0.5).to(torch::kFloat32);
  batch.targets.mask_valid =
      torch::tensor({{1.f, 1.f, 1.f}, {1.f, 0.f, 1.f}, {1.f, 1.f, 0.f}, {1.f, 1.f, 1.f}});
  batch.targets.percent = torch::tensor({0.1f, 0.0f, 0.0f, 0.4f});
  batch.targets.percent_weight = torch::tensor({1.f, 0.f, 0.f, 1.f});
  batch.targets.category = torch::tensor({0, 2, -1, 3}, torch::kInt64);
  for (torch::Tensor* tensor :
       {&batch.images, &batch.targets.masks, &batch.targets.mask_valid, &batch.targets.percent,
        &batch.targets.percent_weight, &batch.targets.category}) {
    *tensor = tensor->narrow(0, first, last - first).clone();
  }
  for (std::int64_t i = first; i < last; ++i) batch.samples.push_back(static_cast<std::size_t>(i));
  return batch;
}

/// All gradients of the last step as one vector.
torch::Tensor Gradients(Learner& learner) {
  std::vector<torch::Tensor> flat;
  for (const auto& [name, weight] : learner.network().Trainable()) {
    if (weight.grad().defined()) flat.push_back(weight.grad().flatten());
  }
  return torch::cat(flat);
}

double Difference(const torch::Tensor& found, const torch::Tensor& wanted) {
  return (found - wanted).norm().item<double>() / wanted.norm().item<double>();
}

TEST(Learner, SeveralPassesGiveTheGradientOfOneBatch) {
  const Recipe recipe = SmallRecipe();
  ProcessGroup alone;
  Learner one(recipe, alone, torch::kCPU), several(recipe, alone, torch::kCPU);
  // Batch norms that keep their statistics: else each pass has statistics of its own.
  one.BeginPhase(kHeadsAlone, {});
  several.BeginPhase(kHeadsAlone, {});
  const LossValues whole = one.Step({Images(0, 4)}, 1e-3, 0),
                   parts = several.Step({Images(0, 1), Images(1, 4)}, 1e-3, 0);
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(parts[i], whole[i], 1e-5 * whole[0]);
  EXPECT_LT(Difference(Gradients(several), Gradients(one)), 1e-4);
}

TEST(Learner, TwoProcessesGiveTheGradientOfOneBatch) {
  const Recipe recipe = SmallRecipe();
  ProcessGroup alone;
  Learner one(recipe, alone, torch::kCPU);
  one.BeginPhase(kWhole, {});
  const LossValues whole = one.Step({Images(0, 4)}, 1e-3, 0);
  SummingThreads threads(2);
  threads.Run([&](int rank) {
    ThreadGroup group(threads, rank, 2);
    Learner learner(recipe, group, torch::kCPU);
    learner.BeginPhase(kWhole, {});
    const LossValues part = learner.Step({Images(2 * rank, 2 * rank + 2)}, 1e-3, 0);
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(part[i], whole[i], 1e-4 * whole[0]);
    EXPECT_LT(Difference(Gradients(learner), Gradients(one)), 1e-3);
  });
}

TEST(Learner, ProcessesKeepTheSameStatisticsWithoutSynchronisedBatchNorm) {
  Recipe recipe = SmallRecipe();
  recipe.sync_batch_norm = false;
  SummingThreads threads(2);
  std::vector<std::vector<torch::Tensor>> statistics(2);
  threads.Run([&](int rank) {
    ThreadGroup group(threads, rank, 2);
    Learner learner(recipe, group, torch::kCPU);
    learner.BeginPhase(kWhole, {});
    learner.Step({Images(2 * rank, 2 * rank + 2)}, 1e-3, 0);
    statistics[static_cast<std::size_t>(rank)] = learner.network().RunningStatistics();
  });
  // The mean of what each has alone.
  ProcessGroup alone;
  std::vector<std::vector<torch::Tensor>> own(2);
  for (const std::size_t rank : {0, 1}) {
    Learner learner(recipe, alone, torch::kCPU);
    learner.BeginPhase(kWhole, {});
    const auto first = static_cast<std::int64_t>(2 * rank);
    learner.Step({Images(first, first + 2)}, 1e-3, 0);
    own[rank] = learner.network().RunningStatistics();
  }
  ASSERT_FALSE(own[0].empty());
  EXPECT_FALSE(own[0][0].allclose(own[1][0]));
  for (std::size_t i = 0; i < own[0].size(); ++i) {
    EXPECT_TRUE(statistics[0][i].equal(statistics[1][i]));
    EXPECT_TRUE(statistics[0][i].allclose((own[0][i] + own[1][i]) / 2, 1e-4, 1e-6));
  }
}

TEST(Learner, KeepsFrozenModules) {
  const Recipe recipe = SmallRecipe();
  ProcessGroup alone;
  Learner learner(recipe, alone, torch::kCPU);
  const TensorMap before = learner.network().Save();
  learner.BeginPhase(kHeadsAlone, {});
  learner.Step({Images(0, 4)}, 1e-2, 0);
  int kept = 0, changed = 0;
  for (const auto& [name, tensor] : learner.network().Save()) {
    const bool head = name.find("_head.") != std::string::npos;
    if (!head) {
      EXPECT_EQ(tensor.bytes, before.at(name).bytes) << name;
      ++kept;
    }
    changed += tensor.bytes != before.at(name).bytes;
  }
  EXPECT_GT(kept, 100);
  EXPECT_GT(changed, 3);
}

TEST(Learner, ComputesOnlyLossesOfThePhase) {
  const Recipe recipe = SmallRecipe();
  ProcessGroup alone;
  Learner learner(recipe, alone, torch::kCPU);
  learner.BeginPhase({.name = "masks", .freeze = {}}, {});
  const LossValues losses = learner.Step({Images(0, 4)}, 1e-3, 0);
  EXPECT_GT(losses[1], 0);
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_EQ(losses[2], 0);
  EXPECT_EQ(losses[3], 0);
}

TEST(Learner, AverageOfYoungRunFollowsFaster) {
  Recipe recipe = SmallRecipe();
  recipe.ema_decay = 0.9;
  ProcessGroup alone;
  Learner learner(recipe, alone, torch::kCPU);
  learner.BeginPhase(kWhole, {});
  const std::string name = learner.network().Trainable().front().first;
  const auto weight = [&](nn::GraphModule& network) {
    return network.Weight(name).detach().clone();
  };
  torch::Tensor average = weight(learner.network());
  // The decay is the smaller one of 0.9 and (1 + n) / (10 + n) after n steps.
  for (const auto& [steps_done, decay] : {std::pair{0, 2.0 / 11}, {1, 3.0 / 12}, {200, 0.9}}) {
    learner.Step({Images(0, 4)}, 1e-2, static_cast<std::uint64_t>(steps_done));
    average = decay * average + (1 - decay) * weight(learner.network());
    EXPECT_TRUE(weight(*learner.average()).allclose(average, 1e-5, 1e-6)) << steps_done;
  }
  EXPECT_EQ(&learner.EvalWeights(), learner.average());
}

TEST(Learner, ClipsTheNormOfAllGradients) {
  Recipe recipe = SmallRecipe();
  recipe.gradient_clip = 0.01;
  ProcessGroup alone;
  Learner learner(recipe, alone, torch::kCPU);
  learner.BeginPhase(kWhole, {});
  learner.Step({Images(0, 4)}, 1e-3, 0);
  const torch::Tensor gradients = Gradients(learner).to(torch::kFloat64);
  EXPECT_NEAR(gradients.norm().item<double>(), 0.01, 1e-6);
}

TEST(Learner, UpdatesNoWeightWhereTheLossIsNotFinite) {
  const Recipe recipe = SmallRecipe();
  ProcessGroup alone;
  Learner learner(recipe, alone, torch::kCPU);
  learner.BeginPhase(kWhole, {});
  std::vector<torch::Tensor> before;
  for (const auto& [name, weight] : learner.network().Trainable())
    before.push_back(weight.detach().clone());
  Batch batch = Images(0, 4);
  batch.images[1].fill_(NAN);
  EXPECT_FALSE(std::isfinite(learner.Step({batch}, 1e-3, 0)[0]));
  std::size_t i = 0;
  for (const auto& [name, weight] : learner.network().Trainable())
    EXPECT_TRUE(weight.equal(before[i++])) << name;
  EXPECT_EQ(learner.FindNonFiniteParameter(), "");
}

TEST(Learner, NamesParameterThatIsNotFinite) {
  const Recipe recipe = SmallRecipe();
  ProcessGroup alone;
  Learner learner(recipe, alone, torch::kCPU);
  const auto [name, weight] = learner.network().Trainable().at(7);
  {
    const torch::NoGradGuard no_grad;
    weight.flatten()[0] = INFINITY;
  }
  EXPECT_EQ(learner.FindNonFiniteParameter(), name);
}

TEST(Learner, GoesOnWithLearnedValuesOfThePhaseBefore) {
  Recipe recipe = SmallRecipe();
  recipe.loss.uncertainty = true;
  ProcessGroup alone;
  Learner learner(recipe, alone, torch::kCPU);
  AuxiliaryState values;
  learner.BeginPhase(kWhole, values);
  learner.Store(values);
  EXPECT_EQ(values.log_variances, std::vector<float>(3, 0));
  values.log_variances = {0.5f, -1, 2};
  learner.BeginPhase(kWhole, values);
  AuxiliaryState found;
  learner.Store(found);
  EXPECT_EQ(found.log_variances, values.log_variances);
  learner.Step({Images(0, 4)}, 1e-2, 0);
  learner.Store(found);
  EXPECT_NE(found.log_variances, values.log_variances);
}

}  // namespace
}  // namespace mhcnn
