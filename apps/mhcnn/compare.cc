#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/evaluate/evaluation_json.h"
#include "output_check.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path first, second, output;
  BootstrapOptions bootstrap;
  PermutationOptions permutation;
};

std::string Fixed(const Statistic& statistic, int decimals = 3) {
  return statistic.defined() ? fmt::format("{:.{}f}", *statistic.value, decimals) : "-";
}

std::string PValue(const Statistic& p) {
  return p.defined() && *p.value < 0.0001 ? "<0.0001" : Fixed(p, 4);
}

void Print(const ComparisonRow& line) {
  const BootstrapEstimate& difference = line.paired.mean_difference;
  if (line.paired.cases == 0) {
    fmt::print("{:<30} {:>5}  not defined: {}\n", line.metric, 0, difference.value.undefined);
    return;
  }
  const std::string interval =
      difference.low.defined()
          ? fmt::format("{} to {}", Fixed(difference.low), Fixed(difference.high))
          : "-";
  fmt::print("{:<30} {:>5} {:>8} {:>8} {:>11}  {:<20} {:>9} {:>9} {:>8}\n", line.metric,
             line.paired.cases, Fixed(line.first), Fixed(line.second), Fixed(difference.value),
             interval, PValue(line.paired.sign_flip.p), PValue(line.paired.signed_rank.p),
             line.mcnemar ? PValue(line.mcnemar->p) : "");
  if (!difference.low.defined()) fmt::print("  no interval: {}\n", difference.low.undefined);
  if (line.only_first + line.only_second > 0) {
    fmt::print(
        "  left out: {} images with a value only from the first, {} with a value only from the "
        "second\n",
        line.only_first, line.only_second);
  }
}

int Run(const Arguments& arguments) {
  CheckOutputs({arguments.output}, {arguments.first, arguments.second});
  const EvaluationFile first = ReadEvaluation(arguments.first);
  const EvaluationFile second = ReadEvaluation(arguments.second);
  const Comparison comparison =
      CompareEvaluations(first.method, first.cases, second.method, second.cases,
                         arguments.bootstrap, arguments.permutation);
  fmt::print("first: {} ({})\nsecond: {} ({})\n", comparison.first, arguments.first.string(),
             comparison.second, arguments.second.string());
  fmt::print("{} images that both measured\n", comparison.images);
  for (const auto& path : comparison.not_by_first)
    fmt::print("not measured by the first: {}\n", path);
  for (const auto& path : comparison.not_by_second)
    fmt::print("not measured by the second: {}\n", path);
  fmt::print("{:<30} {:>5} {:>8} {:>8} {:>11}  {:<20} {:>9} {:>9} {:>8}\n", "mean", "cases",
             "first", "second", "difference", "95 % interval", "sign flip", "Wilcoxon", "McNemar");
  for (const auto& line : comparison.lines) Print(line);
  fmt::print(
      "difference: second - first; interval and sign flip by patient; the last three columns are "
      "two-sided p values, not corrected for their number\n");
  if (!arguments.output.empty()) {
    const auto json = ComparisonToJson(comparison);
    WriteFileAtomically(arguments.output,
                        json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  const bool all = comparison.not_by_first.empty() && comparison.not_by_second.empty();
  return all ? kSuccess : kSomeFailed;
}

}  // namespace

void AddCompare(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "compare", "test two evaluations of the same images against each other, image by image");
  command
      ->add_option("first", arguments->first,
                   "JSON file that mhcnn evaluate -o wrote for the first model")
      ->required();
  command
      ->add_option("second", arguments->second,
                   "JSON file that mhcnn evaluate -o wrote for the second model")
      ->required();
  command->add_option("-o,--output", arguments->output, "write all results to this JSON file");
  command
      ->add_option("--resamples", arguments->bootstrap.resamples,
                   "number of resamples of the bootstrap")
      ->check(CLI::Range(100, 1'000'000))
      ->capture_default_str();
  command
      ->add_option("--permutations", arguments->permutation.permutations,
                   "number of permutations of the sign-flip test")
      ->check(CLI::Range(100, 10'000'000))
      ->capture_default_str();
  command
      ->add_option("--seed", arguments->bootstrap.seed,
                   "random seed of the bootstrap and of the permutations")
      ->capture_default_str();
  command->callback([arguments, &status] {
    arguments->permutation.seed = arguments->bootstrap.seed;
    status = Run(*arguments);
  });
}

}  // namespace mhcnn::cli
