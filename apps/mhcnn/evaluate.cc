#include <fmt/format.h>

#include <memory>

#include "analyze/evaluation.h"
#include "analyze/test_time_augmentation.h"
#include "base/error.h"
#include "base/file.h"
#include "command.h"
#include "model_path.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path manifest, model, output;
  std::string split;
  int threads = 0, variants = 1;
};

int Run(const Arguments& arguments) {
  auto samples = ReadManifest(arguments.manifest);
  if (!arguments.split.empty()) {
    std::erase_if(samples, [&](const Sample& s) { return s.split != arguments.split; });
  }
  if (samples.empty())
    throw Error(ErrorCode::kUsage, "has no sample to evaluate", arguments.manifest.string());
  BackendOptions backend;
  backend.model = arguments.model.empty() ? DefaultModel() : arguments.model;
  backend.threads = arguments.threads;
  AnalyzeOptions analyze;
  analyze.variants = arguments.variants;
  const Analyzer analyzer(Backend::Create(backend), analyze);
  const auto cases = EvaluateSamples(analyzer, samples, arguments.threads);
  const auto summary = Summarise(cases);

  fmt::print("{} on {}\n", analyzer.backend().card().name, arguments.manifest.string());
  fmt::print("{:<36} {:>5} {:>8}  {:<18} {}\n", "metric", "cases", "value", "95 % interval",
             "baseline");
  for (const auto& line : summary) {
    fmt::print(
        "{:<36} {:>5} {:>8.3f}  {:<18} {}\n", line.metric, line.cases, line.ours.value,
        fmt::format("{:.3f} to {:.3f}", line.ours.low, line.ours.high),
        line.baseline_value ? fmt::format("{:.3f} ({})", *line.baseline_value, line.baseline) : "");
  }
  std::size_t failed = 0;
  for (const auto& c : cases) {
    if (c.error.empty()) continue;
    ++failed;
    fmt::print("not measured: {}: {}\n", c.path, c.error);
  }
  if (!arguments.output.empty()) {
    WriteFileAtomically(arguments.output,
                        EvaluationJson(cases, summary, analyzer.backend().card()).dump(1) + "\n");
  }
  return failed > 0 ? kSomeFailed : kSuccess;
}

}  // namespace

void AddEvaluate(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "evaluate", "score a model on a labelled data set, beside trivial baselines");
  command->add_option("manifest", arguments->manifest, "manifest.csv of the data set")->required();
  command->add_option("-m,--model", arguments->model,
                      "ONNX model (default: $MHCNN_MODEL or the shipped one)");
  command->add_option("-o,--output", arguments->output, "write all figures to this JSON file");
  command->add_option("--split", arguments->split, "only this split")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command
      ->add_option("--tta", arguments->variants,
                   "test-time augmentation: variants of each picture that are averaged")
      ->check(CLI::Range(1, kMaxVariants))
      ->capture_default_str();
  command->add_option("-j,--threads", arguments->threads, "threads (0: all processors)")
      ->check(CLI::Range(0, 1024));
  command->callback([arguments, &status] { status = Run(*arguments); });
}

}  // namespace mhcnn::cli
