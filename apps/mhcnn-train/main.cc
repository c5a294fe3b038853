#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "bench.h"
#include "fine_tune.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/exit_status.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/shipped_file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/distributed/process_group.h"
#include "mhcnn/model/shipped_model.h"
#include "mhcnn/nn/cpu_allocator.h"
#include "mhcnn/train/trainer.h"
#include "run_network.h"

namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path recipe, data;
  std::string from, device = "auto";
  std::vector<std::string> overrides;
  mhcnn::TrainerOptions trainer;
  int threads = 0;
};

/// Restarts the program with threads that sleep while they wait, as OpenMP reads its settings when
/// it is loaded. Threads that spin delay each other as soon as another program runs on the machine:
/// measured, a training together with a compiler ran 6 times faster with sleeping threads.
void LetWaitingThreadsSleep(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  execv("/proc/self/exe", argv);  // on failure the program continues as before
}

/// Returns the number of processors of this process; where the launcher bound none, its part of
/// those of the machine, which it shares with others of the group.
int ChooseThreads(const mhcnn::ProcessGroup& group) {
  const int mine = mhcnn::AvailableThreads();
  const auto machine = static_cast<int>(std::thread::hardware_concurrency());
  const int fraction = std::max(1, machine / group.local_size());
  if (mine < fraction && group.local_rank() == 0) {
    spdlog::warn(
        "bound to {} of {} processors; with mpirun --bind-to none the {} processes can use all",
        mine, machine, group.local_size());
  }
  return std::min(mine, fraction);
}

/// Returns the recipe, with the keys that the command line replaces.
mhcnn::Options ReadOptions(const Arguments& arguments) {
  if (arguments.recipe.empty() && arguments.from.empty()) {
    throw mhcnn::Error(mhcnn::ErrorCode::kUsage, "is missing", "--recipe",
                       "give a recipe, or a model to fine-tune: --from fast");
  }
  mhcnn::Options options = mhcnn::Options::FromFile(
      arguments.recipe.empty() ? mhcnn::ShippedFile("recipes", "fine-tune.toml")
                               : arguments.recipe);
  if (!arguments.data.empty()) {
    options.Override("data.manifest=" + fs::absolute(arguments.data).lexically_normal().string());
  }
  if (!arguments.from.empty()) {
    mhcnn::StartFrom(options, mhcnn::FindModelFile(arguments.from, ".safetensors"));
    if (arguments.recipe.empty() && !arguments.data.empty()) {
      std::size_t images = 0;
      for (const auto& sample : mhcnn::ReadManifest(arguments.data))
        images += sample.split.empty() || sample.split == "train";
      options.Override("phase.0.epochs=" + std::to_string(mhcnn::EpochsFor(images)));
    }
  }
  for (const auto& assignment : arguments.overrides) options.Override(assignment);
  return options;
}

int Run(const Arguments& arguments, mhcnn::ProcessGroup& group) {
  mhcnn::nn::InstallCachingCpuAllocator();
  at::set_num_threads(arguments.threads > 0 ? arguments.threads : ChooseThreads(group));
  mhcnn::Options options = ReadOptions(arguments);
  mhcnn::Recipe recipe;
  try {
    recipe = mhcnn::Recipe::Read(options);
  } catch (const mhcnn::Error& e) {
    throw e.WithSubject(arguments.recipe.empty() ? "recipes/fine-tune.toml"
                                                 : arguments.recipe.string());
  }
  mhcnn::Trainer trainer(recipe, options.ToText(), arguments.trainer, &group);
  trainer.Run();
  if (!group.IsRoot() || arguments.trainer.quiet) return 0;
  fmt::print("{}: {}\n", arguments.trainer.output.string(),
             trainer.finished()
                 ? "trained; next: mhcnn export " +
                       (arguments.trainer.output / "checkpoint.safetensors").string() +
                       " -o model.onnx"
                 : "stopped early; run the same command again to resume");
  return 0;
}

/// Prints the error. An error of one process ends all; an interruption reaches all processes.
int Fail(mhcnn::ProcessGroup* group, const std::string& message, int status, bool interrupted) {
  const bool is_root = !group || group->IsRoot();
  // Usually all have the same error; the first process prints it and ends the others.
  if (!is_root && interrupted) return status;
  if (!is_root) std::this_thread::sleep_for(std::chrono::seconds(1));
  std::fprintf(stderr, "error: %s\n", message.c_str());
  if (group && !interrupted) group->Abort(status);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  LetWaitingThreadsSleep(argv);
  if (argc > 1 && std::string_view(argv[1]) == "bench")
    return mhcnn::RunTrainBench(argc - 1, argv + 1);
  if (argc > 1 && std::string_view(argv[1]) == "network")
    return mhcnn::RunNetwork(argc - 1, argv + 1);
  mhcnn::InitLogging(1);
  mhcnn::CatchInterrupts();
  CLI::App app{
      "Trains the network in phases. The same command resumes a run that was stopped or killed.",
      "mhcnn train"};
  Arguments arguments;
  app.set_version_flag("--version", std::string("mhcnn-train ") + mhcnn::Version());
  app.add_option(
      "-r,--recipe", arguments.recipe,
      "recipe of the training, a TOML file (recipes/, docs/training.md; default with --from: "
      "recipes/fine-tune.toml)");
  app.add_option(
      "--from", arguments.from,
      "start from a trained checkpoint.safetensors, or from a shipped model: fast, accurate");
  app.add_option("-o,--out", arguments.trainer.output,
                 "folder of the run: checkpoint, metrics and state are written there")
      ->required();
  app.add_option("-d,--data", arguments.data,
                 "manifest.csv of the training images (replaces the recipe's data.manifest)");
  app.add_option("--set", arguments.overrides,
                 "KEY=VALUE that replaces a key of the recipe (repeatable)")
      ->take_all();
  app.add_option("-j,--threads", arguments.threads, "number of threads (0: all processors)")
      ->check(CLI::Range(0, 1024));
  app.add_option(
      "--max-steps", arguments.trainer.max_steps,
      "number of steps after which the training stops; the same command continues the run");
  app.add_option("--device", arguments.device,
                 "device to train on: cpu, cuda, or auto (a CUDA device where there is one)")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  app.add_flag("-q,--quiet", arguments.trainer.quiet, "print only errors, no progress");
  app.add_flag("--restart", arguments.trainer.restart,
               "start again from the first step instead of continuing an earlier run");
  try {
    app.parse(argc, argv);
    arguments.trainer.device = mhcnn::ParseTrainingDevice("--device", arguments.device);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? mhcnn::kSuccess : mhcnn::kWrongUsage;
  }
  std::unique_ptr<mhcnn::ProcessGroup> group;
  try {
    group = mhcnn::JoinProcessGroup();
    mhcnn::InitLogging(arguments.trainer.quiet || !group->IsRoot() ? -1 : 1);
    return Run(arguments, *group);
  } catch (const mhcnn::Error& e) {
    const bool interrupted = e.code() == mhcnn::ErrorCode::kInterrupted;
    return Fail(group.get(),
                e.what() + std::string(interrupted ? "; run the same command again to resume" : ""),
                mhcnn::ExitStatus(e.code()), interrupted);
  } catch (const std::exception& e) {
    return Fail(group.get(), mhcnn::FirstLine(e.what()), mhcnn::kSomeFailed, false);
  }
}
