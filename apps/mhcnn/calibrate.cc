#include "mhcnn/calibrate/calibrate.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/evaluate/comparison.h"
#include "mhcnn/evaluate/evaluation_json.h"
#include "mhcnn/evaluate/label_doubts.h"
#include "mhcnn/evaluate/predictor.h"
#include "mhcnn/evaluate/reader_agreement.h"
#include "mhcnn/model/onnx/model_file.h"
#include "model_path.h"
#include "network_name.h"
#include "output_check.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path manifest, output;
  std::vector<fs::path> from;
  std::string model, split;
  int threads = 0;
  CalibrateOptions options;
};

void PrintLine(const MetricRow& line) {
  const BootstrapEstimate& e = line.estimate;
  if (!e.value.defined()) {
    fmt::print("{:<42} not defined: {}\n", line.metric, e.value.undefined);
    return;
  }
  const std::string interval = e.low.defined() && e.high.defined()
                                   ? fmt::format("{:.3f} to {:.3f}", *e.low.value, *e.high.value)
                                   : "";
  fmt::print("{:<42} {:>8.3f}  {:<18} {}\n", line.metric, *e.value.value, interval, line.unit);
}

std::string Value(const Statistic& s) {
  return s.defined() ? fmt::format("{:.3f}", *s.value) : "-";
}

/// Prints the metrics of the model as it is, and of the model calibrated by other images.
void PrintBeforeAndAfter(const CalibrationReport& report, const CalibrateOptions& options) {
  EvaluationOptions evaluation;
  evaluation.bootstrap = options.bootstrap;
  const Evaluation before = Evaluate(report.before, evaluation),
                   after = Evaluate(report.after, evaluation);
  fmt::print("\n{:<42} {:>8}  {:>8}\n", "metric (after: cross-validated)", "before", "after");
  for (std::size_t i = 0; i < before.lines.size(); ++i) {
    const MetricRow &b = before.lines[i], &a = after.lines[i];
    const bool relevant = (b.section == ReportSection::kPercent && report.calibration.interval) ||
                          (b.section == ReportSection::kCategory && report.calibration.category);
    // A metric that is the same before and after is not changed by the calibration.
    if (!relevant || b.estimate.value.value == a.estimate.value.value) continue;
    fmt::print("{:<42} {:>8}  {:>8}\n", b.metric, Value(b.estimate.value), Value(a.estimate.value));
  }
  const Comparison comparison =
      CompareEvaluations("before", report.before, "after", report.after, options.bootstrap);
  for (const ComparisonRow& line : comparison.lines) {
    if (line.unit != "points" && !line.mcnemar) continue;
    const auto& d = line.paired.mean_difference;
    if (!d.value.defined() || !d.low.defined()) continue;
    fmt::print("{}: after - before {:+.3f} ({:+.3f} to {:+.3f})\n", line.metric, *d.value.value,
               *d.low.value, *d.high.value);
  }
}

void PrintRules(const Calibration& c) {
  if (c.scale) {
    fmt::print("percent: {:+.2f} + {:.3f} * percent of the model\n", c.scale->intercept,
               c.scale->slope);
  } else if (c.dense_probability) {
    fmt::print(
        "percent: pixels with a probability above {} count as dense (the model itself uses 0.5)\n",
        *c.dense_probability);
  } else if (c.interval) {
    fmt::print("percent: not changed; neither a linear scale nor a threshold is better\n");
  }
  if (c.interval) {
    const auto& s = c.interval->error_scale;
    fmt::print(
        "expected error: {:.1f} points, +{:.2f} for each point of difference between the heads, "
        "+{:.1f} at 50 %\n",
        s[0], s[1] / 10, s[2]);
  }
  if (!c.category) return;
  fmt::print("category from {}\n",
             c.category->of_head
                 ? c.category->of_percent ? "percent and category head" : "the category head"
             : c.category->of_both ? "the mean percent of masks and regression head"
                                   : "the percent of the masks");
  if (const auto points = c.category->CutPoints(c.scale); !points.empty())
    fmt::print("cut points{}: a|b {:.1f}, b|c {:.1f}, c|d {:.1f} %\n",
               c.scale ? "" : " of the model's percent", points[0], points[1], points[2]);
}

/// Writes OUT.onnx or a small JSON file.
void Write(const Arguments& arguments, const fs::path& model, const ModelCard& card,
           Calibration calibration) {
  if (arguments.output.extension() == ".onnx") {
    // It replaces the model's own calibration, from which it is completed.
    calibration.CompleteFrom(CalibrationFromJson(card.calibration));
    ReplaceCardPart(model, arguments.output, CardPart::kCalibration,
                    CalibrationToJson(calibration));
  } else {
    WriteFileAtomically(arguments.output,
                        CalibrationToJson(calibration)
                                .dump(1, ' ', false, nlohmann::json::error_handler_t::replace) +
                            "\n");
  }
  fmt::print("\nwrote {}; use it with mhcnn predict {} {}\n", arguments.output.string(),
             arguments.output.extension() == ".onnx" ? "--model" : "--calibration",
             arguments.output.string());
}

/// Data of a calibration: predictions with their reference, and the readers of the reference.
struct MeasuredSample {
  std::vector<EvaluatedCase> cases;
  ReaderAnnotations readers;
  std::vector<std::string> problems;
  std::string by;  ///< name of the model or models
};

/// Throws Error(kUsage) where evaluations are not of models of this network.
void CheckNetworks(const Arguments& arguments, const EvaluationFile& file, const ModelCard& card) {
  const std::string own = NetworkName(card);
  for (const std::string& network : file.networks) {
    if (network == own) continue;
    throw Error(ErrorCode::kUsage,
                network.empty()
                    ? fmt::format("does not evaluate a model (its method is '{}')", file.method)
                    : fmt::format("was measured by the network {}, but {} has the network {}",
                                  network, card.name, own),
                arguments.from.front().string(),
                "give evaluations of models of the network that --model names");
  }
}

MeasuredSample Measure(const Arguments& arguments, const Analyzer& analyzer) {
  auto samples = ReadManifest(arguments.manifest);
  if (!arguments.split.empty())
    std::erase_if(samples, [&](const Sample& s) { return s.split != arguments.split; });
  if (samples.empty())
    throw Error(ErrorCode::kUsage, "has no image to calibrate with", arguments.manifest.string());
  MeasuredSample found;
  found.readers = LoadReaderAnnotations(samples, arguments.threads);
  found.cases = EvaluateSamples(ModelPredictor(analyzer),
                                MakeConsensus(samples, found.problems, arguments.threads),
                                ScoringOptions{}, arguments.threads);
  found.by = analyzer.ModelName();
  return found;
}

/// Joins the evaluations of a cross-validation: each image is of a model that had not seen it.
MeasuredSample Join(const Arguments& arguments, const ModelCard& card) {
  if (!arguments.split.empty())
    throw Error(ErrorCode::kUsage, "--from cannot be used with --split");
  EvaluationFile file = JoinEvaluations(arguments.from);
  CheckUncalibrated(file.cases);
  CheckNetworks(arguments, file, card);
  MeasuredSample found;
  found.cases = std::move(file.cases);
  found.problems = std::move(file.problems);
  found.by = file.method;
  return found;
}

int Run(Arguments arguments) {
  arguments.options.bootstrap.threads = arguments.threads;
  arguments.options.Check();
  if (arguments.from.empty() == arguments.manifest.empty()) {
    throw Error(
        ErrorCode::kUsage,
        arguments.from.empty()
            ? "give a manifest, or evaluations with --from"
            : "--from cannot be used with a manifest: its evaluations contain the reference");
  }
  BackendOptions backend;
  backend.model = ResolveModelPath(arguments.model);
  std::vector<fs::path> inputs = arguments.from;
  inputs.insert(inputs.end(), {arguments.manifest, backend.model});
  CheckOutputs({arguments.output}, inputs);
  backend.threads = arguments.threads;
  AnalyzeOptions analyze;
  analyze.calibration = Calibration{};  // without the model's own calibration
  const Analyzer analyzer(Backend::Create(backend), analyze);
  const MeasuredSample found = arguments.from.empty() ? Measure(arguments, analyzer)
                                                      : Join(arguments, analyzer.backend().card());
  const auto& [cases, readers, problems, by] = found;
  CalibrationReport report = Calibrate(cases, arguments.options);
  Calibration& calibration = report.calibration;

  fmt::print("{} of {} images measured by {}\n", report.before.size(), cases.size(), by);
  for (const auto& c : cases) {
    if (!c.measured())
      fmt::print("not measured: {}: {}\n", ToDisplayText(c.path), ToDisplayText(c.error));
  }
  for (const auto& problem : problems) fmt::print("percent left out: {}\n", ToDisplayText(problem));
  for (const auto& doubt : FindLabelDoubts(cases))
    fmt::print("check the labels: {}\n", ToDisplayText(doubt));
  if (readers.names.size() > 1) {
    EvaluationOptions evaluation;
    evaluation.bootstrap = arguments.options.bootstrap;
    fmt::print("\n{} readers; calibrated to their mean percent and median category\n",
               readers.names.size());
    for (const auto& problem : readers.problems) fmt::print("not compared: {}\n", problem);
    for (const auto& line : MeasureReaderAgreement(readers, evaluation)) PrintLine(line);
  }
  for (const auto& refused : report.refused) fmt::print("not calibrated: {}\n", refused);
  if (calibration.empty()) {
    std::string why;
    for (const auto& refused : report.refused) why += (why.empty() ? "" : "; ") + refused;
    throw Error(ErrorCode::kUsage, "does not allow a calibration (" + why + ")",
                (arguments.from.empty() ? arguments.manifest : arguments.from.front()).string(),
                "nothing was written");
  }
  calibration.sample["images"] = report.before.size();
  calibration.sample["readers"] = std::max<std::size_t>(1, readers.names.size());
  calibration.sample["model"] = analyzer.ModelName();
  calibration.model = analyzer.backend().card().fingerprint;
  PrintRules(calibration);
  PrintBeforeAndAfter(report, arguments.options);
  fmt::print("\n");
  for (const auto& line : report.lines) PrintLine(line);
  Write(arguments, backend.model, analyzer.backend().card(), calibration);
  const bool all_measured = report.before.size() == cases.size() && problems.empty();
  return all_measured && report.refused.empty() ? kSuccess : kSomeFailed;
}

}  // namespace

void AddCalibrate(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("calibrate",
                                         "fit percent and intervals (from 20 images) and "
                                         "categories (from 50) to a site's readers");
  command->add_option("manifest", arguments->manifest,
                      "CSV of the readers' images, with the columns image and percent_density, "
                      "category (a-d) or masks; also patient_id and reader");
  command->add_option(
      "--from", arguments->from,
      "evaluations of a cross-validation (JSON files of evaluate -o --no-calibration), used "
      "instead of a manifest: each image was measured by a model that was not trained on it; "
      "--model is the model to calibrate");
  command
      ->add_option(
          "-o,--output", arguments->output,
          "file to write: a calibration for predict --calibration, or, if it ends in .onnx, the "
          "model with the calibration inside")
      ->required();
  command->add_option("-m,--model", arguments->model, kModelHelp);
  command->add_option("--name", arguments->options.name,
                      "name of the site, shown in the column model of the results");
  command->add_option("--split", arguments->split, "use only the images of this split")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command
      ->add_option("--coverage", arguments->options.coverage,
                   "fraction of the readers' percent densities and categories that the intervals "
                   "should contain")
      ->check(CLI::Range(0.5, 0.95))
      ->capture_default_str();
  command->add_flag(
      "--cut-points", arguments->options.cut_points,
      "derive the category from cut points on the percent, without the category head");
  command->add_flag(
      "--published-prior", arguments->options.published_prior,
      "derive the category from the percent, with published percent densities of each category "
      "as additional cases and the same weight for each category");
  command->add_flag(
      "--keep-percent", arguments->options.keep_percent,
      "change neither percent nor masks: the intervals are around the model's own percent");
  command
      ->add_option("--seed", arguments->options.seed,
                   "random seed of the folds of the cross-validation")
      ->capture_default_str();
  command->add_option("-j,--threads", arguments->threads, "number of threads (0: all processors)")
      ->check(CLI::Range(0, 1024));
  command->callback([arguments, &status] { status = Run(*arguments); });
}

}  // namespace mhcnn::cli
