#include "mhcnn/evaluate/drift.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/report/drift_html.h"
#include "output_check.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path results, reference, output, html;
  DriftOptions options;
};

void Print(const DriftGroup& group) {
  fmt::print("\n{}: {} files in the reference, {} now\n", group.name, group.reference, group.now);
  if (!group.undefined.empty()) {
    fmt::print("  not compared: {}\n", group.undefined);
    return;
  }
  fmt::print("  {:<30} {:>10} {:>10} {:>10} {:>10}\n", "value (median or fraction)", "reference",
             "now", "stability", "p");
  for (const DriftRow& line : group.lines) {
    if (!line.undefined.empty()) {
      fmt::print("  {}: not compared, {}\n", line.metric, line.undefined);
      continue;
    }
    fmt::print("  {:<30} {:>10} {:>10} {:>10} {:>10.2g}{}\n", line.metric,
               line.ValueText(line.reference), line.ValueText(line.now),
               line.stability.value ? fmt::format("{:.3f}", *line.stability.value) : "-", line.p,
               line.changed ? "  CHANGED" : "");
  }
}

void Write(const Arguments& arguments, const Drift& drift) {
  if (!arguments.output.empty()) {
    WriteFileAtomically(
        arguments.output,
        DriftToJson(drift).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  if (!arguments.html.empty()) WriteFileAtomically(arguments.html, DriftHtml(drift));
}

/// Throws the reason why neither percent nor category of all files can be compared.
[[noreturn]] void ThrowNotCompared(const Arguments& arguments, const Drift& drift) {
  std::string why;
  for (const DriftRow& line : drift.groups.front().lines) {
    if (!line.undefined.empty())
      why += (why.empty() ? "" : "; ") + line.metric + ": " + line.undefined;
  }
  throw Error(ErrorCode::kUsage, "cannot be compared with the reference (" + why + ")",
              arguments.results.string(), "compare a longer time, or set a smaller --fewest");
}

int Run(const Arguments& arguments) {
  arguments.options.Check();
  std::vector<fs::path> inputs;
  for (const fs::path& read : {arguments.results, arguments.reference})
    inputs.insert(inputs.end(), {read, read / "results.csv", read / "results.json"});
  CheckOutputs({arguments.output, arguments.html}, inputs);
  Drift drift = CompareResults(ReadResults(arguments.reference), ReadResults(arguments.results),
                               arguments.options);
  drift.reference = arguments.reference.string();
  drift.now = arguments.results.string();
  if (!drift.any()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("has too few files to be compared: {} are needed in it and in the "
                            "reference",
                            arguments.options.min_files),
                arguments.results.string(), "compare a longer time, or set a smaller --fewest");
  }
  for (const auto& warning : drift.warnings) fmt::print("warning: {}\n", warning);
  for (const DriftGroup& group : drift.groups) Print(group);
  Write(arguments, drift);
  if (!drift.changed() && !drift.compared()) ThrowNotCompared(arguments, drift);
  fmt::print("\n{}\n", drift.changed() ? "changed" : "nothing has changed beyond the limits");
  return drift.changed() ? kSomeFailed : kSuccess;
}

}  // namespace

void AddDrift(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "drift",
      "compare new results with reference results; the exit status is 1 if they have changed");
  command
      ->add_option(
          "results", a->results,
          "results.json of mhcnn predict, or the folder that contains it, of the new period")
      ->required();
  command
      ->add_option("--against", a->reference,
                   "results.json, or its folder, of the reference: an earlier period, or other "
                   "images measured by the same model with the same calibration")
      ->required();
  command->add_option("-o,--output", a->output, "write all results to this JSON file");
  command->add_option("--html", a->html, "write an HTML page with plots");
  command
      ->add_option("--stability", a->options.stability,
                   "population stability index from which a change of a distribution is reported")
      ->capture_default_str();
  command
      ->add_option("--share", a->options.fraction,
                   "smallest change in the fraction of refused or flagged files that is reported")
      ->capture_default_str();
  command
      ->add_option("--significance", a->options.significance,
                   "p-value below which a change is reported")
      ->capture_default_str();
  command
      ->add_option(
          "--fewest", a->options.min_files,
          "smallest number of files of a vendor or site in each period; below it, changes are not "
          "reported")
      ->capture_default_str();
  command->callback([a, &status] { status = Run(*a); });
}

}  // namespace mhcnn::cli
