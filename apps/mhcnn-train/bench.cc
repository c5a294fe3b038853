#include "bench.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>

#include "mhcnn/base/error.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/shipped_file.h"
#include "mhcnn/nn/cpu_allocator.h"
#include "mhcnn/train/learner.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path recipe;  // empty: recipes/paper.toml
  std::string python, one;
  int steps = 5, warm_up = 2, threads = 0, processes = 2;
  double images = 472;  // number in an epoch: 80 % of the paper's 590
};

/// Measurements of one process, or of one group of them.
struct Measured {
  double milliseconds = 0;                       ///< time of an image, median of the steps
  double forward = 0, backward = 0, update = 0;  ///< fractions of the time
  double megabytes = 0;
};

Recipe ReadRecipe(const Arguments& a, const std::string& variant) {
  Options options = Options::FromFile(a.recipe);
  options.Override("data.manifest=none");
  if (!variant.empty()) {
    const ForwardOptions forward = ForwardOptions::Named(variant);
    options.Override(std::string("training.precision=") + (forward.bf16 ? "bf16" : "fp32"));
    options.Override(std::string("training.channels_last=") +
                     (forward.channels_last ? "true" : "false"));
  }
  return Recipe::Read(options);
}

/// Makes this process's part of a batch of noise with all labels.
Batch MakeNoise(const Recipe& recipe, const ProcessGroup& group) {
  torch::manual_seed(1);
  const std::int64_t n = recipe.batch / group.size(), h = recipe.preprocess.input_height,
                     w = recipe.preprocess.input_width,
                     c = static_cast<std::int64_t>(recipe.network.masks.size());
  Batch batch;
  batch.images = torch::rand({n, 1, h, w});
  batch.targets.masks = torch::rand({n, c, h, w}).gt(0.5).to(torch::kFloat32);
  batch.targets.mask_valid = torch::ones({n, c});
  batch.targets.percent = torch::rand({n});
  batch.targets.percent_weight = torch::ones({n});
  batch.targets.category = torch::randint(0, 4, {n}, torch::kInt64);
  batch.samples.resize(static_cast<std::size_t>(n));
  return batch;
}

/// Measures steps of the recipe's last phase, where all heads train; prints a line for its parent.
int MeasureHere(const Arguments& a) {
  const auto group = JoinProcessGroup();
  nn::InstallCachingCpuAllocator();
  torch::set_num_threads(a.threads > 0 ? a.threads
                                       : std::max(1, AvailableThreads() / group->local_size()));
  const Recipe recipe = ReadRecipe(a, a.one);
  if (recipe.batch % group->size() != 0)
    throw Error(ErrorCode::kUsage, "cannot be divided equally among the processes",
                "training.batch");
  Learner learner(recipe, *group, torch::kCPU);
  learner.BeginPhase(recipe.phases.back(), {});
  const std::vector<Batch> passes = {MakeNoise(recipe, *group)};
  std::vector<double> seconds;
  StepSeconds before;
  for (int i = 0; i < a.warm_up + a.steps; ++i) {
    if (i == a.warm_up) before = learner.seconds();
    group->Barrier();
    const auto start = std::chrono::steady_clock::now();
    learner.Step(passes, recipe.learning_rate, static_cast<std::uint64_t>(i));
    if (i >= a.warm_up)
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  if (!group->IsRoot()) return 0;
  std::sort(seconds.begin(), seconds.end());
  const StepSeconds& after = learner.seconds();
  const std::array<double, 3> parts = {after.forward - before.forward,
                                       after.backward - before.backward,
                                       after.update - before.update};
  const double all = parts[0] + parts[1] + parts[2];
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("measured {} {} {} {} {}\n", 1000 * seconds[seconds.size() / 2] / recipe.batch,
             parts[0] / all, parts[1] / all, parts[2] / all,
             static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// Runs a command and returns its line "measured …", or nothing.
std::optional<Measured> Run(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> output(
      ::popen((command + " 2>/dev/null").c_str(), "r"), ::pclose);
  std::array<char, 512> line{};
  while (output && std::fgets(line.data(), line.size(), output.get())) {
    std::istringstream text(line.data());
    std::string word;
    Measured m;
    if (text >> word >> m.milliseconds && word == "measured") {
      text >> m.forward >> m.backward >> m.update >> m.megabytes;
      return m;
    }
  }
  return std::nullopt;
}

std::optional<Measured> Ours(const Arguments& a, const std::string& variant, int threads,
                             int processes) {
  std::string command;
  if (processes > 1)
    command = fmt::format("mpirun --allow-run-as-root --bind-to none -np {} ", processes);
  command += fmt::format("{} bench --one {} --recipe {} --steps {} --warm-up {} --threads {}",
                         Quoted(fs::read_symlink("/proc/self/exe").string()), variant,
                         Quoted(a.recipe.string()), a.steps, a.warm_up, threads);
  return Run(command);
}

std::optional<Measured> Theirs(const Arguments& a, const Recipe& recipe,
                               const std::string& variant) {
  // Script of the clone in which the program was built. An installed program has none.
  const fs::path script =
      (FindOwnBinary().parent_path() / "../../../bench/train_pytorch.py").lexically_normal();
  return Run(
      fmt::format("{} {} --variant {} --encoder {} --batch {} --height {} --width {} "
                  "--steps {} --warm-up {} --threads {}",
                  Quoted(a.python), Quoted(script.string()), variant, recipe.network.encoder,
                  recipe.batch, recipe.preprocess.input_height, recipe.preprocess.input_width,
                  a.steps, a.warm_up, AvailableThreads()));
}

void PrintSchedule(const Arguments& a, const Recipe& recipe, double milliseconds) {
  int epochs = 0;
  for (const Phase& phase : recipe.phases) epochs += phase.epochs;
  fmt::print("schedule: {} epochs of {:.0f} images at this rate: {:.1f} hours of training steps\n",
             epochs, a.images, epochs * a.images * milliseconds / 3.6e6);
}

int Compare(const Arguments& given) {
  Arguments a = given;
  const Recipe recipe = ReadRecipe(a, "");
  if (a.python.empty()) a.python = "python3";
  const bool fastest = recipe.precision == TrainingPrecision::kAuto;
  std::string own = fastest ? ""
                            : ForwardOptions{.bf16 = recipe.precision == TrainingPrecision::kBf16,
                                             .channels_last = recipe.channels_last}
                                  .Name();
  fmt::print("{}, batch {} of {} x {}, AdamW; median of {} steps; {} threads\n",
             recipe.network.encoder, recipe.batch, recipe.preprocess.input_height,
             recipe.preprocess.input_width, a.steps, AvailableThreads());
  fmt::print("{:<20} {:>14} {:>9} {:>9} {:>8} {:>7} {:>16} {:>8}\n", "", "mhcnn ms/image",
             "forward", "backward", "update", "MB", "PyTorch ms/image", "ratio");
  std::optional<Measured> base;
  for (const ForwardOptions& forward : ForwardOptions::All()) {
    const std::string variant = forward.Name();
    const auto ours = Ours(a, variant, AvailableThreads(), 1);
    const auto theirs = Theirs(a, recipe, variant);
    if (!ours) throw Error(ErrorCode::kInternal, "could not be measured", variant);
    fmt::print("{:<20} {:>14.0f} {:>8.0f}% {:>8.0f}% {:>7.0f}% {:>7.0f}", variant,
               ours->milliseconds, 100 * ours->forward, 100 * ours->backward, 100 * ours->update,
               ours->megabytes);
    if (theirs) {
      fmt::print(" {:>16.0f} {:>8.2f}", theirs->milliseconds,
                 theirs->milliseconds / ours->milliseconds);
    } else {
      fmt::print("   --python has no PyTorch with segmentation_models.pytorch");
    }
    fmt::print("{}\n", variant == own ? "  <- variant of the recipe" : "");
    std::fflush(stdout);
    if (variant == own || (fastest && (!base || ours->milliseconds < base->milliseconds))) {
      base = ours;
      own = variant;
    }
  }
  if (fastest) fmt::print("the recipe's precision is auto: {} here\n", own);
  PrintSchedule(a, recipe, base->milliseconds);
  if (a.processes < 2 || AvailableThreads() < a.processes) return 0;
  const int threads = AvailableThreads() / a.processes;
  const auto several = Ours(a, own, threads, a.processes), single = Ours(a, own, threads, 1);
  if (!several || !single) {
    fmt::print("several processes: not measured (no mpirun, or built without MPI)\n");
    return 0;
  }
  fmt::print(
      "{} processes of {} threads: {:.0f} ms/image; efficiency {:.2f} compared with one process of "
      "{} "
      "threads, {:.2f} compared with one process of {} threads\n",
      a.processes, threads, several->milliseconds,
      single->milliseconds / several->milliseconds / a.processes, threads,
      base->milliseconds / several->milliseconds, AvailableThreads());
  return 0;
}

}  // namespace

int RunTrainBench(int argc, char** argv) {
  InitLogging(0);
  CLI::App app{
      "Measures the time of a training step, also with PyTorch and "
      "segmentation_models.pytorch.",
      "mhcnn bench train"};
  Arguments a;
  app.add_option("-r,--recipe", a.recipe,
                 "recipe whose network and batch are measured (default: recipes/paper.toml)");
  app.add_option("--python", a.python,
                 "path of a Python that has torch and segmentation_models_pytorch");
  app.add_option("--steps", a.steps, "number of steps that are measured")
      ->check(CLI::Range(1, 1000));
  app.add_option("--warm-up", a.warm_up, "number of steps before the measured ones")
      ->check(CLI::Range(0, 1000));
  app.add_option("--images", a.images,
                 "number of training images, to estimate the time of the whole recipe");
  app.add_option("--processes", a.processes,
                 "number of processes whose efficiency is measured too (1: not measured)")
      ->check(CLI::Range(1, 64));
  app.add_option("--one", a.one, "")->group("");
  app.add_option("--threads", a.threads, "")->group("");
  try {
    app.parse(argc, argv);
    if (a.recipe.empty()) a.recipe = ShippedFile("recipes", "paper.toml");
    return a.one.empty() ? Compare(a) : MeasureHere(a);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}

}  // namespace mhcnn
