#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "analyze/batch.h"
#include "base/error.h"
#include "base/progress.h"
#include "command.h"
#include "model_path.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<fs::path> inputs;
  fs::path model;
  AnalyzeOptions analyze;
  BatchOptions batch;
  std::string device = "CPU";
  int threads = 0;
  bool quiet = false, no_overlays = false, no_masks = false;
};

constexpr std::size_t kTableRows = 40;  // more than a screen is of no use; results.csv has them all

void PrintTable(const std::vector<Result>& results) {
  fmt::print("{:<44} {:>4} {:>4} {:>8} {:>9} {:>4}  {}\n", "file", "side", "view", "percent",
             "dense cm2", "cat", "flags or error");
  for (std::size_t i = 0; i < std::min(results.size(), kTableRows); ++i) {
    const Result& r = results[i];
    std::string name = r.facts.path;
    if (name.size() > 44) name = "..." + name.substr(name.size() - 41);
    if (!r.ok()) {
      fmt::print("{:<44} {:>4} {:>4} {:>8} {:>9} {:>4}  {}\n", name, "", "", "-", "", "-", r.error);
      continue;
    }
    fmt::print("{:<44} {:>4} {:>4} {:>8.1f} {:>9} {:>4}  {}\n", name,
               LateralityName(r.facts.laterality), ViewName(r.facts.view), *r.percent_density,
               r.dense_area_cm2 ? fmt::format("{:.1f}", *r.dense_area_cm2) : "",
               "abcd"[*r.category], fmt::join(r.flags, ";"));
  }
  if (results.size() > kTableRows) fmt::print("... and {} more\n", results.size() - kTableRows);
}

int Run(const Arguments& arguments) {
  BatchOptions batch = arguments.batch;
  batch.overlays = !arguments.no_overlays;
  batch.masks = !arguments.no_masks;
  batch.workers = arguments.threads;

  BackendOptions backend;
  backend.model = arguments.model.empty() ? DefaultModel() : arguments.model;
  backend.device = arguments.device;
  backend.threads = arguments.threads;
  const auto items = CollectImages(arguments.inputs, batch.output);
  if (items.empty()) {
    throw Error(ErrorCode::kNotFound, "no image file in it", arguments.inputs.front().string(),
                "give DICOM, PNG, TIFF, JPEG or PGM files or a folder of them");
  }
  const Analyzer analyzer(Backend::Create(backend), arguments.analyze);

  std::vector<Result> results;
  {
    Progress progress("predict", items.size());
    results = RunBatch(analyzer, items, batch, [&](const Result&) { progress.Advance(); });
  }
  std::size_t failed = 0, flagged = 0;
  for (const auto& r : results) {
    failed += !r.ok();
    flagged += r.ok() && !r.flags.empty();
  }
  if (!arguments.quiet) PrintTable(results);
  fmt::print("{} of {} files measured, {} with flags, by {} on {}\n", results.size() - failed,
             results.size(), flagged, analyzer.backend().card().name,
             analyzer.backend().Description());
  fmt::print("wrote {}, results.json{}{}\n", (batch.output / "results.csv").string(),
             batch.overlays ? ", overlays/" : "", batch.masks ? ", masks/" : "");
  fmt::print("Research tool, not a medical device.\n");
  return failed > 0 ? kSomeFailed : kSuccess;
}

}  // namespace

void AddPredict(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "predict", "percent density, category and masks of mammograms (DICOM, PNG, TIFF, JPEG, PGM)");
  command->add_option("inputs", arguments->inputs, "files or folders")->required();
  command->add_option("-o,--output", arguments->batch.output, "folder for the results")->required();
  command->add_option("-m,--model", arguments->model,
                      "ONNX model (default: $MHCNN_MODEL or the shipped one)");
  command->add_option("--device", arguments->device, "OpenVINO device")->capture_default_str();
  command->add_option("-j,--threads", arguments->threads, "threads (0: all processors)")
      ->check(CLI::Range(0, 1024));
  command
      ->add_option("--overlay-size", arguments->batch.overlay.long_side,
                   "longer side of an overlay in pixels at most")
      ->check(CLI::Range(200, 20000))
      ->capture_default_str();
  command
      ->add_option("--heads-disagree-above", arguments->analyze.heads_disagree_above,
                   "percent points between masks and regression head that raise a flag")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command->add_flag("--convert-raw", arguments->analyze.read.convert_raw,
                    "convert raw FOR PROCESSING images instead of refusing them");
  command->add_flag("--no-overlays", arguments->no_overlays, "write no overlay pictures");
  command->add_flag("--no-masks", arguments->no_masks, "write no mask pictures");
  command->add_flag("-q,--quiet", arguments->quiet, "print no table");
  command->callback([arguments, &status] { status = Run(*arguments); });
}

}  // namespace mhcnn::cli
