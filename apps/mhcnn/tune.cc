#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/user_folder.h"
#include "mhcnn/infer/tuning.h"
#include "model_path.h"
#include "tuning_file.h"

namespace mhcnn::cli {
namespace {

struct Arguments {
  std::string model;
  double seconds = 2;
  bool bf16 = false, dry_run = false, forget = false;
};

int Run(const Arguments& a) {
  // A dry run needs no folder for settings.
  const std::filesystem::path file =
      a.dry_run && !a.forget ? std::filesystem::path() : TuningFile();
  if (a.forget) {
    std::error_code ec;
    const bool removed = std::filesystem::remove(file, ec);
    if (ec) throw Error(ErrorCode::kIo, "cannot be removed: " + ec.message(), file.string());
    fmt::print("{} {}\n", removed ? "removed" : "there was no", file.string());
    return kSuccess;
  }
  TuneOptions options;
  options.model = ResolveModelPath(a.model);
  options.seconds = a.seconds;
  if (a.bf16) options.precisions.push_back(Precision::kBf16);
  fmt::print("{:<40} {:>16}\n", "", "images a second");
  const auto trials = RunTuningTrials(options, [](const TuningTrial& trial) {
    fmt::print("{:<40} {:>16.2f}\n", trial.tuning.Text(), trial.images_per_second);
  });
  const TuningTrial& best = ChooseBestTrial(trials);
  fmt::print("best: {}\n", best.tuning.Text());
  if (a.dry_run) return kSuccess;
  WriteTuning(file, options.model, trials, best.tuning);
  fmt::print("mhcnn predict now uses these settings with this model; they are saved in {}\n",
             file.string());
  return kSuccess;
}

}  // namespace

std::filesystem::path TuningFile() {
  const auto folder = UserConfigFolder();
  if (!folder) {
    throw Error(ErrorCode::kUsage, "there is no folder for settings", "",
                "set HOME or XDG_CONFIG_HOME");
  }
  return *folder / "tune.json";
}

void AddTune(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "tune",
      "measure which settings run the network fastest on this machine, and save them for predict");
  command->add_option("-m,--model", a->model, kModelHelp);
  command->add_option("--seconds", a->seconds, "duration of each trial in seconds")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
  command->add_flag(
      "--bf16", a->bf16,
      "also try bf16 arithmetic; if it is the fastest, percent densities change (docs/speed.md) "
      "and the column 'model' of the results contains bf16");
  command->add_flag("--dry-run", a->dry_run, "only print the trials; do not save the settings");
  command->add_flag("--forget", a->forget, "remove the saved settings; run no trials");
  command->callback([a, &status] { status = Run(*a); });
}

}  // namespace mhcnn::cli
