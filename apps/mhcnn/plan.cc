#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "command.h"
#include "mhcnn/base/csv_table.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/text.h"
#include "mhcnn/batch/profile.h"
#include "mhcnn/batch/run_plan.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  RunPlanOptions plan;
  std::vector<std::int64_t> exams{100'000, 1'000'000, 40'000'000};
  std::vector<std::int64_t> machines{1, 8, 64};
  fs::path measured;
  double hours = 24;
  int trials = 100;
  std::uint64_t seed = 1;
  /// Options that --from does not replace where they are given.
  const CLI::Option *core_seconds = nullptr, *image_mb = nullptr, *images_per_exam = nullptr;
};

/// Means of the images of a finished run; empty where the run does not contain them.
struct MeasuredRates {
  std::optional<double> image_mb, images_per_exam;
};

MeasuredRates ReadMeasuredRates(const fs::path& folder) {
  const CsvTable table(folder / "results.csv", {"path", "status"});
  const auto path = table.Find("path"), status = table.Find("status"),
             study = table.Find("study_uid");
  if (!path || !status || !study)
    throw Error(ErrorCode::kCorrupt, "is not a table of results", table.path().string());
  double bytes = 0;
  int images = 0, files = 0;
  std::vector<std::string> studies;
  for (const CsvRecord& row : table.rows()) {
    if (const auto wrong = table.WrongLength(row); !wrong.empty()) {
      throw Error(ErrorCode::kCorrupt, fmt::format("line {}: {}", row.line, wrong),
                  table.path().string(), "copy it again");
    }
    if (row.fields[*status] != "ok") continue;
    ++images;
    if (const std::string& uid = row.fields[*study]; !uid.empty()) studies.push_back(uid);
    std::error_code ec;
    const auto size = fs::file_size(fs::path(UnescapeText(row.fields[*path])), ec);
    if (ec) continue;  // moved, or within an archive
    bytes += static_cast<double>(size);
    ++files;
  }
  if (images == 0) throw Error(ErrorCode::kUsage, "contains no measured image", folder.string());
  if (files < images) {
    spdlog::warn(
        "{}: {} of {} image files are not found (the paths belong to another working folder, or "
        "the files are in archives or were deleted); {}",
        table.path().string(), images - files, images,
        files > 0 ? "their size is not counted" : "give --image-mb");
  }
  MeasuredRates rates;
  if (files > 0) rates.image_mb = bytes / files / 1e6;
  const std::size_t exams = std::set(studies.begin(), studies.end()).size();
  // Images without a header have no information about their exam.
  if (exams > 0)
    rates.images_per_exam = static_cast<double>(studies.size()) / static_cast<double>(exams);
  return rates;
}

/// Returns the processor seconds of an image. The column `seconds` is different: the wall time of
/// one image while others run.
double ReadCoreSeconds(const fs::path& folder) {
  const ProcessorTime time = ReadProcessorTime(folder);
  if (time.images == 0) {
    throw Error(ErrorCode::kUsage, "contains no profile.json with the processor time",
                folder.string(), "run mhcnn predict with --profile, or give --core-seconds");
  }
  return time.seconds / static_cast<double>(time.images);
}

/// Sets the rates of a finished run, except those that the user gave.
void ApplyMeasuredRates(const Arguments& a, RunPlanOptions& plan) {
  const auto given = [](const CLI::Option* option) { return option->count() > 0; };
  const MeasuredRates rates = ReadMeasuredRates(a.measured);
  if (!given(a.core_seconds)) plan.core_seconds = ReadCoreSeconds(a.measured);
  if (!given(a.image_mb)) plan.image_mb = rates.image_mb.value_or(plan.image_mb);
  if (!given(a.images_per_exam))
    plan.images_per_exam = rates.images_per_exam.value_or(plan.images_per_exam);
}

void PrintExams(const Arguments& a, const RunPlanOptions& plan) {
  const RunPlan whole = PlanRun(plan, 1);
  fmt::print(
      "\n{} exams: {:.0f} images, {:.2f} TB to read, {:.3f} TB of results, {} shards of {:.0f} "
      "images\n",
      plan.exams, whole.images, whole.stored_tb, whole.results_tb, whole.shards,
      whole.images / static_cast<double>(whole.shards));
  fmt::print("{:>9} {:>11} {:>14} {:>10} {:>10} {:>9} {:>10}  {}\n", "machines", "hours",
             "with failures", "simulated", "95 %", "failures", "MB/s read", "limited by");
  std::vector<std::int64_t> machines = a.machines;
  const std::int64_t enough = CountMachinesNeeded(plan, a.hours);
  if (enough > 0) machines.push_back(enough);
  std::sort(machines.begin(), machines.end());
  machines.erase(std::unique(machines.begin(), machines.end()), machines.end());
  for (const std::int64_t count : machines) {
    const RunPlan p = PlanRun(plan, count);
    const SimulatedHours s = SimulateRun(plan, count, a.trials, a.seed);
    const bool network =
        !p.storage_bound && (plan.image_mb + plan.result_mb) / plan.machine_mb_per_second >
                                plan.core_seconds / plan.cores;
    fmt::print("{:>9} {:>11.2f} {:>14.2f} {:>10.2f} {:>10.2f} {:>9.1f} {:>10.0f}  {}{}\n", count,
               p.ideal_hours, p.expected_hours, s.median, s.late, s.failures, p.read_mb_per_second,
               p.storage_bound ? "storage" : (network ? "network" : "processors"),
               count == enough ? fmt::format("; within {:g} hours", a.hours) : "");
  }
  if (enough == 0) {
    fmt::print(
        "the batch cannot end within {:g} hours with any number of machines: one shard, or the "
        "storage, needs longer\n",
        a.hours);
  }
}

int Run(const Arguments& a) {
  RunPlanOptions plan = a.plan;
  if (!a.measured.empty()) ApplyMeasuredRates(a, plan);
  fmt::print(
      "rates: {:.3f} processor seconds and {:.2f} MB an image, {:g} images an exam, {} cores a "
      "machine, {:g} MB/s for a machine and {:g} MB/s for all\n",
      plan.core_seconds, plan.image_mb, plan.images_per_exam, plan.cores,
      plan.machine_mb_per_second, plan.storage_mb_per_second);
  for (const std::int64_t exams : a.exams) {
    plan.exams = exams;
    PrintExams(a, plan);
  }
  fmt::print(
      "\nhours: all machines equal, none fails. with failures: the expected time (closed form). "
      "simulated: median of {} runs with failures and machines of different speeds; 95 %: 95 % "
      "of these runs end within this time.\n",
      a.trials);
  return kSuccess;
}

void AddRates(CLI::App& command, Arguments& a) {
  RunPlanOptions& p = a.plan;
  const auto number = [&](const char* name, auto& field, const char* text) {
    return command.add_option(name, field, text)->capture_default_str();
  };
  a.images_per_exam =
      number("--images-per-exam", p.images_per_exam, "number of images in one exam");
  a.core_seconds = number("--core-seconds", p.core_seconds,
                          "processor time for one image in seconds, all stages");
  number("--cores", p.cores, "number of cores in each machine");
  a.image_mb = number("--image-mb", p.image_mb, "size of one image file in MB");
  number("--result-mb", p.result_mb, "megabytes written for an image (overlay 0.7, mask 0.03)");
  number("--machine-mb-per-second", p.machine_mb_per_second,
         "megabytes a second that one machine reads from the storage");
  number("--storage-mb-per-second", p.storage_mb_per_second,
         "megabytes a second that the storage gives to all machines together");
  number("--run-images", p.run_images,
         "number of images given to one predict command; each of its shards reads all headers");
  number("--shard-images", p.shard_images, "number of images in one shard");
  number("--header-seconds", p.header_seconds, "time to read the header of one file, in seconds");
  number("--start-seconds", p.start_seconds, "seconds until a shard begins to read");
  number("--failures-per-hour", p.failures_per_hour,
         "number of failures of one machine, or kills of its task, in one hour");
  number("--restart-seconds", p.restart_seconds, "seconds until a failed shard runs again");
  number("--straggling", p.straggling,
         "spread of the machines' speeds: standard deviation of the logarithm of the time");
}

}  // namespace

void AddPlan(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "plan", "compute machines and hours for a large batch from measured rates");
  command->add_option("--exams", a->exams, "numbers of exams, separated by commas")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--machines", a->machines, "numbers of machines, separated by commas")
      ->delimiter(',')
      ->capture_default_str();
  command
      ->add_option("--hours", a->hours,
                   "time limit of the batch in hours; the number of machines for it is computed")
      ->capture_default_str();
  command->add_option(
      "--from", a->measured,
      "output folder of mhcnn predict --profile: the values measured there replace the "
      "defaults of --core-seconds, --image-mb and --images-per-exam");
  AddRates(*command, *a);
  command->add_option("--trials", a->trials, "number of simulated runs")->capture_default_str();
  command->add_option("--seed", a->seed, "random seed of the simulation")->capture_default_str();
  command->footer(
      "Example: mhcnn plan --core-seconds 0.2 --cores 16 --machines 1,10,100\n"
      "How the figures are computed: docs/cluster.md.");
  command->callback([a, &status] { status = Run(*a); });
}

}  // namespace mhcnn::cli
