#include "mhcnn/train/run_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/model/builder.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

nn::GraphModule SmallNetwork(std::uint64_t seed) {
  nn::GraphModule network(BuildNetwork(
      {.encoder = "resnet18", .decoder_channels = {8, 8, 8, 8, 8}, .heads = {Head::kRegression}}));
  network.Initialize(seed);
  return network;
}

std::vector<std::pair<std::string, torch::Tensor>> Named(const torch::Tensor& weights) {
  return {{"weights", weights}};
}

RunState State() {
  RunState state;
  state.position = {.phase = 2,
                    .epoch = 3,
                    .step = 4,
                    .epochs_done = 50,
                    .steps_done = 6'000'000'000,
                    .sums = {0.1, 1.0 / 3, 2e-300, 0}};
  state.recipe = "seed = 3 # \"quoted\"\n";
  state.metrics = "phase,epoch\r\nfirst,1\r\n";
  state.data = "85944171f73967e8";
  state.forward = "bf16";
  state.watch = {.epochs = 9, .since_best = 2, .since_cut = 1, .best = 0.1, .rate_scale = 0.25};
  state.improved = true;
  state.events = 12345;
  state.learned = {.log_variances = {0.1f, -2, 3},
                   .mask_log_variances = {0.5f},
                   .reader_names = {"first", "second"},
                   .readers = {0.3f, 0.2f, 0.1f, 0}};
  return state;
}

TEST(RunState, RoundTrips) {
  const ScratchFolder folder;
  const auto path = folder / "state.safetensors";
  const nn::GraphModule network = SmallNetwork(1), average = SmallNetwork(2);
  const torch::Tensor weights = torch::ones({2}).requires_grad_();
  SaveRunState(path, State(), network, &average, nn::AdamW(Named(weights), 0.1));

  nn::GraphModule read = SmallNetwork(3), read_average = SmallNetwork(4);
  const RunState found = LoadRunState(path, read, &read_average), wanted = State();
  EXPECT_EQ(found.position.phase, 2u);
  EXPECT_EQ(found.position.epoch, 3u);
  EXPECT_EQ(found.position.step, 4u);
  EXPECT_EQ(found.position.epochs_done, 50u);
  EXPECT_EQ(found.position.steps_done, 6'000'000'000u);
  EXPECT_EQ(found.position.sums, wanted.position.sums);
  EXPECT_EQ(found.recipe, wanted.recipe);
  EXPECT_EQ(found.metrics, wanted.metrics);
  EXPECT_EQ(found.data, wanted.data);
  EXPECT_EQ(found.forward, wanted.forward);
  EXPECT_EQ(found.watch.epochs, 9u);
  EXPECT_EQ(found.watch.since_best, 2u);
  EXPECT_EQ(found.watch.since_cut, 1u);
  EXPECT_EQ(found.watch.best, 0.1);
  EXPECT_EQ(found.watch.rate_scale, 0.25);
  EXPECT_TRUE(found.improved);
  EXPECT_EQ(found.events, 12345u);
  EXPECT_EQ(found.learned.log_variances, wanted.learned.log_variances);
  EXPECT_EQ(found.learned.mask_log_variances, wanted.learned.mask_log_variances);
  EXPECT_EQ(found.learned.reader_names, wanted.learned.reader_names);
  EXPECT_EQ(found.learned.readers, wanted.learned.readers);
  for (const auto& [name, tensor] : network.Save())
    EXPECT_EQ(read.Save().at(name).bytes, tensor.bytes) << name;
  for (const auto& [name, tensor] : average.Save())
    EXPECT_EQ(read_average.Save().at(name).bytes, tensor.bytes) << name;
}

TEST(RunState, OptimiserGoesOnAsIfItHadNotStopped) {
  const ScratchFolder folder;
  const auto path = folder / "state.safetensors";
  const nn::GraphModule network = SmallNetwork(1);
  const auto step = [](nn::AdamW& optimizer, const torch::Tensor& weights) {
    optimizer.ZeroGradients();
    (weights * weights).sin().sum().backward();
    optimizer.Step(0.01);
  };
  const torch::Tensor whole = torch::linspace(-1, 1, 8).clone().requires_grad_();
  nn::AdamW optimizer(Named(whole), 0.1);
  for (int i = 0; i < 3; ++i) step(optimizer, whole);
  SaveRunState(path, {}, network, nullptr, optimizer);
  const torch::Tensor resumed = whole.detach().clone().requires_grad_();
  nn::AdamW loaded(Named(resumed), 0.1);
  LoadOptimizer(path, loaded);
  for (int i = 0; i < 2; ++i) {
    step(optimizer, whole);
    step(loaded, resumed);
  }
  EXPECT_TRUE(resumed.equal(whole));
}

TEST(RunState, RefusesFileThatIsNoState) {
  const ScratchFolder folder;
  const auto path = folder / "state.safetensors";
  WriteSafetensors(path, {.tensors = SmallNetwork(1).Save(), .metadata = {{"position", "{}"}}});
  nn::GraphModule network = SmallNetwork(2);
  const std::string message =
      ErrorMessage([&] { LoadRunState(path, network, nullptr); }, ErrorCode::kCorrupt);
  EXPECT_THAT(message, HasSubstr("state.safetensors"));
  EXPECT_THAT(message, HasSubstr("--restart"));
  const torch::Tensor weights = torch::ones({2}).requires_grad_();
  nn::AdamW optimizer(Named(weights), 0);
  EXPECT_THAT(ErrorMessage([&] { LoadOptimizer(path, optimizer); }, ErrorCode::kCorrupt),
              HasSubstr("--restart"));
}

TEST(RunState, RefusesMomentsOfAnotherShape) {
  const ScratchFolder folder;
  const auto path = folder / "state.safetensors";
  const torch::Tensor weights = torch::ones({2}).requires_grad_();
  nn::AdamW optimizer(Named(weights), 0);
  weights.sum().backward();
  optimizer.Step(0.01);
  SaveRunState(path, {}, SmallNetwork(1), nullptr, optimizer);
  const torch::Tensor larger = torch::ones({3}).requires_grad_();
  nn::AdamW other(Named(larger), 0);
  EXPECT_THAT(ErrorMessage([&] { LoadOptimizer(path, other); }, ErrorCode::kCorrupt),
              HasSubstr("state.safetensors"));
}

TEST(FirstDifference, NamesTheFirstLineThatDiffers) {
  EXPECT_EQ(FirstDifference("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 4\nc = 5\n"),
            "was \"b = 2\", now \"b = 4\"");
  EXPECT_EQ(FirstDifference("a = 1\n", "a = 1\nb = 2\n"), "was \"(nothing)\", now \"b = 2\"");
  EXPECT_EQ(FirstDifference("a = 1\nb = 2\n", "a = 1"), "was \"b = 2\", now \"(nothing)\"");
  EXPECT_EQ(FirstDifference("a = 1\n", "a = 1\n"), "");
}

}  // namespace
}  // namespace mhcnn
