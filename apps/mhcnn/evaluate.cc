#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/analyze/test_time_augmentation.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/evaluate/evaluation_json.h"
#include "mhcnn/evaluate/label_doubts.h"
#include "mhcnn/evaluate/method_and_readers.h"
#include "mhcnn/evaluate/predictions.h"
#include "mhcnn/evaluate/reader_agreement.h"
#include "mhcnn/report/case_pictures.h"
#include "mhcnn/report/evaluation_html.h"
#include "model_path.h"
#include "network_name.h"
#include "output_check.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path manifest, predictions, output, html, calibration;
  std::vector<fs::path> from;
  std::string model, baseline, split, reader;
  int threads = 0, variants = 1, pictures = 6;
  bool all = false, scoring_given = false, no_calibration = false;
  EvaluationOptions options;
};

/// Method under evaluation, with the objects that it uses.
struct Method {
  std::string name;
  Predictor predictor;
  std::unique_ptr<Analyzer> analyzer;
  std::unique_ptr<Predictions> predictions;
  std::vector<std::string> problems;
  std::string network;  ///< NetworkName of the model; empty for other methods
};

/// Content of the report.
struct Scored {
  EvaluationSubject subject;
  std::vector<EvaluatedCase> cases;
  ShownCases shown;
  ReaderAnnotations readers;  ///< annotations of all readers, scored or not
};

std::vector<Sample> SelectSplit(std::vector<Sample> samples, const std::string& split) {
  if (!split.empty()) std::erase_if(samples, [&](const Sample& s) { return s.split != split; });
  return samples;
}

/// Word that names all readers together, unless it is the name of a reader.
constexpr const char* kConsensus = "consensus";

bool HasReader(const std::vector<Sample>& samples, const std::string& name) {
  return std::ranges::any_of(samples, [&](const Sample& s) { return s.reader == name; });
}

template <typename Value>
void AppendTo(std::vector<Value>& values, const std::vector<Value>& more) {
  values.insert(values.end(), more.begin(), more.end());
}

/// Makes the method. `whole`: manifest with the rows of all readers, for matching predictions.
Method MakeMethod(const Arguments& arguments, const std::vector<Sample>& manifest,
                  const std::vector<Sample>& whole) {
  Method method;
  if (!arguments.predictions.empty()) {
    method.predictions = std::make_unique<Predictions>(arguments.predictions);
    method.problems = method.predictions->Match(whole);
    method.name = method.predictions->method();
    method.predictor = method.predictions->AsPredictor();
  } else if (arguments.baseline == "otsu") {
    method.name = "Otsu within the true breast";
    method.predictor = OtsuPredictor();
  } else if (arguments.baseline == "mean") {
    method.name = "mean percent and majority class of the training split";
    method.predictor = ConstantPredictor(SelectSplit(manifest, "train"));
  } else {
    BackendOptions backend;
    backend.model = ResolveModelPath(arguments.model);
    backend.threads = arguments.threads;
    AnalyzeOptions analyze;
    analyze.variants = arguments.variants;
    if (arguments.no_calibration) analyze.calibration = Calibration{};
    if (!arguments.calibration.empty())
      analyze.calibration = ReadCalibration(arguments.calibration);
    method.analyzer = std::make_unique<Analyzer>(Backend::Create(backend), analyze);
    method.name = method.analyzer->ModelName();
    method.network = NetworkName(method.analyzer->backend().card());
    method.predictor = ModelPredictor(*method.analyzer);
  }
  return method;
}

Scored Score(const Arguments& arguments) {
  const auto whole = ReadManifest(arguments.manifest);
  auto manifest = whole;
  const auto all_readers = SelectSplit(manifest, arguments.split);
  std::vector<std::string> problems;
  if (arguments.reader == kConsensus && !HasReader(manifest, kConsensus)) {
    // The mean of the training split needs more rows than the split that is scored.
    manifest = MakeConsensus(arguments.baseline == "mean" ? manifest : all_readers, problems,
                             arguments.threads);
  } else if (!arguments.reader.empty()) {
    std::erase_if(manifest, [&](const Sample& s) { return s.reader != arguments.reader; });
  }
  const auto samples = SelectSplit(manifest, arguments.split);
  if (samples.empty())
    throw Error(ErrorCode::kUsage, "has no image to evaluate", arguments.manifest.string());
  Method method = MakeMethod(arguments, manifest, whole);
  Scored scored;
  scored.subject = {method.name, arguments.manifest.string(), arguments.split, method.problems};
  scored.subject.network = method.network;
  AppendTo(scored.subject.problems, problems);
  scored.readers = LoadReaderAnnotations(all_readers, arguments.threads);
  AppendTo(scored.subject.problems, scored.readers.problems);
  scored.cases =
      EvaluateSamples(method.predictor, samples, arguments.options.scoring, arguments.threads);
  FillPatientIds(scored.cases, scored.readers);
  if (!arguments.html.empty()) {
    const auto count = static_cast<std::size_t>(arguments.pictures);
    scored.shown.worst = FindWorstCases(scored.cases, count);
    scored.shown.pictures =
        DrawWorstCases(scored.shown.worst, samples, method.predictor, arguments.threads);
  }
  return scored;
}

Scored Join(Arguments& arguments) {
  EvaluationFile file = JoinEvaluations(arguments.from);
  arguments.options.scoring = file.scoring;
  Scored scored;
  std::string names;
  for (const auto& path : arguments.from) names += (names.empty() ? "" : ", ") + path.string();
  scored.subject = {file.method, names, "", std::move(file.problems)};
  if (!file.networks.empty())
    scored.subject.network = fmt::format("{}", fmt::join(file.networks, "; "));
  scored.cases = std::move(file.cases);
  scored.shown.worst = FindWorstCases(scored.cases, static_cast<std::size_t>(arguments.pictures));
  return scored;
}

/// Returns the files that are read.
std::vector<fs::path> ListInputs(const Arguments& arguments) {
  std::vector<fs::path> inputs = arguments.from;
  inputs.insert(inputs.end(), {arguments.manifest, arguments.calibration});
  if (!arguments.predictions.empty()) {
    for (const char* table : {"results.csv", "results.json"})
      inputs.push_back(arguments.predictions / table);
  }
  return inputs;
}

void CheckUsage(const Arguments& arguments) {
  const int methods = !arguments.model.empty() + !arguments.predictions.empty() +
                      !arguments.baseline.empty() + !arguments.from.empty();
  if (methods > 1) {
    throw Error(ErrorCode::kUsage, "give one of --model, --predictions, --baseline and --from");
  }
  if (arguments.from.empty() == arguments.manifest.empty()) {
    throw Error(
        ErrorCode::kUsage,
        arguments.from.empty()
            ? "give a manifest, or earlier evaluations with --from"
            : "--from cannot be used with a manifest: its evaluations contain the reference");
  }
  if (!arguments.calibration.empty() && methods > 0 && arguments.model.empty())
    throw Error(ErrorCode::kUsage, "--calibration applies to a model; no model is scored here");
  if (arguments.no_calibration && methods > 0 && arguments.model.empty())
    throw Error(ErrorCode::kUsage, "--no-calibration applies to a model; no model is scored here");
  if (!arguments.from.empty()) {
    for (const auto& [given, option] : {std::pair{!arguments.split.empty(), "--split"},
                                        {!arguments.reader.empty(), "--reader"},
                                        {arguments.scoring_given, "--tolerance"}}) {
      if (given)
        throw Error(ErrorCode::kUsage, std::string("--from cannot be used with ") + option);
    }
  }
  if (arguments.variants > 1 && methods > 0 && arguments.model.empty())
    throw Error(ErrorCode::kUsage, "--tta applies to a model; no model is scored here");
}

std::string Value(const Statistic& statistic) {
  return statistic.defined() ? fmt::format("{:.3f}", *statistic.value) : "-";
}

void Print(const MetricRow& line, std::size_t width) {
  const BootstrapEstimate& e = line.estimate;
  std::string interval;
  if (e.low.defined() && e.high.defined())
    interval = fmt::format("{:.3f} to {:.3f}", *e.low.value, *e.high.value);
  std::string beside;
  for (const auto& baseline : line.baselines) {
    beside +=
        fmt::format("{}{} ({})", beside.empty() ? "" : "; ", Value(baseline.value), baseline.name);
  }
  const auto add = [&beside](const std::string& remark) {
    beside += (beside.empty() ? "" : "; ") + remark;
  };
  if (!e.value.defined()) beside = "not defined: " + e.value.undefined;
  if (e.value.defined() && interval.empty()) add("no interval: " + e.low.undefined);
  if (!e.warning.empty()) add(e.warning);
  fmt::print("{:<{}} {:>5} {:>8}  {:<20} {}\n", line.metric, width, line.cases, Value(e.value),
             interval, beside);
}

void PrintStratum(const Stratum& stratum, std::size_t width) {
  fmt::print("\n{} {}: {} images measured", stratum.kind, ToDisplayText(stratum.name),
             stratum.cases);
  if (stratum.not_measured) fmt::print(" of {}", stratum.cases + *stratum.not_measured);
  fmt::print(", {} patients\n", stratum.patients);
  for (const auto& line : stratum.lines) Print(line, width);
}

void PrintStrata(const Evaluation& evaluation, std::size_t width) {
  for (const auto& stratum : evaluation.strata) PrintStratum(stratum, width);
  if (!evaluation.strata.empty()) fmt::print("\n");
  for (const auto& name : evaluation.small_strata)
    fmt::print("too few images for separate figures: {}\n", ToDisplayText(name));
}

void PrintReport(const Scored& scored, const Evaluation& evaluation, bool all) {
  fmt::print("{} on {}\n", scored.subject.method, scored.subject.data);
  fmt::print("{} of {} images measured, {} patients\n", evaluation.measured, scored.cases.size(),
             evaluation.patients);
  const auto shown = [all](const MetricRow& line) { return all || line.headline; };
  std::size_t width = 0, hidden = 0;
  for (const auto& line : evaluation.lines) {
    if (shown(line)) width = std::max(width, line.metric.size());
    hidden += !shown(line);
  }
  fmt::print("{:<{}} {:>5} {:>8}  {:<20} {}\n", "metric", width, "cases", "value", "95 % interval",
             "trivial baselines");
  for (const auto& line : evaluation.lines) {
    if (shown(line)) Print(line, width);
  }
  if (all) PrintStrata(evaluation, width);
  if (hidden > 0) {
    fmt::print("not shown: {} more lines and {} strata; see them with --all, -o or --html\n",
               hidden, evaluation.strata.size());
  }
  for (const auto& c : scored.cases) {
    if (!c.measured())
      fmt::print("not measured: {}: {}\n", ToDisplayText(c.path), ToDisplayText(c.error));
  }
  for (const auto& problem : scored.subject.problems)
    fmt::print("left out: {}\n", ToDisplayText(problem));
  for (const auto& doubt : scored.subject.doubts)
    fmt::print("check the labels: {}\n", ToDisplayText(doubt));
}

int Run(Arguments arguments) {
  CheckUsage(arguments);
  arguments.options.bootstrap.threads = arguments.threads;
  arguments.options.scoring.Check();
  arguments.options.bootstrap.Check();
  CheckOutputs({arguments.output, arguments.html}, ListInputs(arguments));
  Scored scored = arguments.from.empty() ? Score(arguments) : Join(arguments);
  scored.subject.doubts = FindLabelDoubts(scored.cases);
  Evaluation evaluation = Evaluate(scored.cases, arguments.options);
  if (arguments.from.empty()) {
    AppendTo(evaluation.lines, MeasureReaderAgreement(scored.readers, arguments.options));
    AppendTo(evaluation.lines, CompareWithReaders(scored.cases, scored.readers, arguments.options));
  }
  PrintReport(scored, evaluation, arguments.all);
  if (!arguments.output.empty()) {
    const auto json = EvaluationToJson(scored.subject, evaluation, scored.cases);
    WriteFileAtomically(arguments.output,
                        json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  if (!arguments.html.empty()) {
    WriteFileAtomically(arguments.html,
                        EvaluationHtml(scored.subject, evaluation, scored.cases, scored.shown));
  }
  return evaluation.not_measured > 0 || !scored.subject.problems.empty() ? kSomeFailed : kSuccess;
}

}  // namespace

void AddEvaluate(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "evaluate", "compare a model with the labels of a data set, and with trivial baselines");
  command->add_option("manifest", arguments->manifest, "manifest.csv of the data set");
  command->add_option("-m,--model", arguments->model, kModelHelp);
  command->add_option(
      "--calibration", arguments->calibration,
      "file that mhcnn calibrate wrote, used instead of the model's own calibration");
  command
      ->add_flag("--no-calibration", arguments->no_calibration,
                 "score what the model gives without its own calibration")
      ->excludes("--calibration");
  command->add_option(
      "--predictions", arguments->predictions,
      "folder that mhcnn predict -o wrote; its results are scored instead of a model");
  command
      ->add_option(
          "--baseline", arguments->baseline,
          "score a trivial method instead of a model: otsu (threshold within the TRUE breast) or "
          "mean (mean percent and majority class of the manifest's train split)")
      ->check(CLI::IsMember({"otsu", "mean"}));
  command->add_option(
      "--from", arguments->from,
      "JSON files of earlier evaluations, whose cases are joined instead of scoring a "
      "manifest, e.g. the folds of a cross-validation");
  command->add_option("-o,--output", arguments->output, "write all results to this JSON file");
  command->add_option(
      "--html", arguments->html,
      "write an HTML page with tables and plots; it shows small pictures of the worst "
      "cases");
  command->add_flag("--all", arguments->all,
                    "print all lines of the table and the strata, not only the main lines");
  command
      ->add_option("--pictures", arguments->pictures,
                   "number of pictures in each list of the worst cases on the page; 0 shows none")
      ->check(CLI::Range(0, 50))
      ->capture_default_str();
  command->add_option("--split", arguments->split, "score only the images of this split")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command->add_option(
      "--reader", arguments->reader,
      "where several readers mark the same image: use only the rows of this reader; 'consensus' "
      "uses the readers' mean percent and median category");
  const CLI::Option* mm =
      command
          ->add_option("--tolerance", arguments->options.scoring.tolerance_mm,
                       "tolerance of the surface Dice in mm, where the file gives a pixel spacing")
          ->capture_default_str();
  const CLI::Option* pixels =
      command
          ->add_option(
              "--tolerance-pixels", arguments->options.scoring.tolerance_pixels,
              "tolerance of the surface Dice in pixels, where the file gives no pixel spacing")
          ->capture_default_str();
  command
      ->add_option("--resamples", arguments->options.bootstrap.resamples,
                   "number of resamples of the bootstrap, which draws whole patients")
      ->check(CLI::Range(100, 1'000'000))
      ->capture_default_str();
  command->add_option("--seed", arguments->options.bootstrap.seed, "random seed of the bootstrap")
      ->capture_default_str();
  command
      ->add_option("--tta", arguments->variants,
                   "number of variants of each picture that are averaged (test-time augmentation)")
      ->check(CLI::Range(1, kMaxVariants))
      ->capture_default_str();
  command->add_option("-j,--threads", arguments->threads, "number of threads (0: all processors)")
      ->check(CLI::Range(0, 1024));
  command->callback([arguments, mm, pixels, &status] {
    arguments->scoring_given = mm->count() + pixels->count() > 0;
    status = Run(*arguments);
  });
}

}  // namespace mhcnn::cli
