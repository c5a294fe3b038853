#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/user_folder.h"
#include "mhcnn/batch/batch.h"
#include "mhcnn/batch/input_list.h"
#include "mhcnn/batch/measurement_settings.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/infer/tuning.h"
#include "mhcnn/results/predecessors.h"
#include "model_path.h"
#include "predict_options.h"
#include "predict_tables.h"
#include "tuning_file.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

MeasurementSettings ToMeasurementSettings(const PredictArguments& a) {
  return {ResolveModelPath(a.model), a.device, a.calibration, a.analyze,
          a.precision.value_or(a.tuning.precision)};
}

/// Returns the settings that a resumed run must have in common with the run that it continues.
nlohmann::json Header(const PredictArguments& a, const nlohmann::json& settings,
                      const ModelCard& model) {
  nlohmann::json header = settings;
  header["fingerprint"] = model.checksum;
  header["overlays"] = a.no_overlays ? 0 : a.batch.overlay.long_side;
  header["masks"] = !a.no_masks;
  if (!a.no_overlays && a.batch.overlay.format == OverlayFormat::kJpeg)
    header["overlay_format"] = "jpeg";
  if (a.batch.nifti) header["nifti"] = true;
  // Without the page its pictures are not drawn. The default is not stated: older runs can resume.
  if (a.no_page && !a.no_overlays) header["page"] = false;
  return header;
}

[[noreturn]] void ThrowNoImage(const fs::path& input, const LeftOutFiles& left_out) {
  const std::string beside = left_out.Text();
  throw Error(ErrorCode::kNotFound,
              "no image file in it" + (beside.empty() ? "" : " (left out: " + beside + ")"),
              input.string(),
              std::string("give DICOM, ") + kImageFormats + " files or a folder of them");
}

/// Prints what the percent densities of the table mean, and where the overlays are.
void PrintMeaning(bool scaled, bool masks, const fs::path& overlays) {
  fmt::print(
      "The percent is the percent density: 100 * dense area / breast area without pectoral "
      "muscle{}{}.\n",
      masks ? "" : ", estimated without masks",
      scaled ? ", on the scale of the readers of the calibration" : "");
  if (!overlays.empty()) {
    fmt::print("The overlays (the images with the measured outlines) are in {}\n",
               fs::absolute(overlays).lexically_normal().string());
  }
}

/// Sets the objects that are written for each exam in addition to the tables.
void SetObjects(const PredictArguments& a, const nlohmann::json& settings, BatchOptions& batch) {
  batch.formats = ParseResultFormats(a.formats);
  batch.objects.Check();
  if (HasObjects(batch.formats) && a.no_masks) {
    throw Error(ErrorCode::kUsage, "result objects are made from the masks", {},
                "remove --no-masks, or give --format csv,json");
  }
  batch.objects.settings = ToObjectSettings(settings);
  for (const auto& path : a.corrects) {
    const auto earlier = ReadPredecessors(path);
    batch.objects.predecessors.insert(batch.objects.predecessors.end(), earlier.begin(),
                                      earlier.end());
  }
}

void PrintObjects(const BatchSummary& summary, const fs::path& output) {
  for (const auto& error : summary.object_errors) fmt::print(stderr, "error: exam {}\n", error);
  fmt::print("wrote {} result objects of {} exams to {}/", summary.objects, summary.with_objects,
             (output / "objects").string());
  if (summary.without_objects > 0) {
    fmt::print("; {} exams without, see objects_error in studies.csv", summary.without_objects);
  }
  fmt::print("\n");
}

/// Returns the choice of `mhcnn tune` for this model on this machine; the default where the user
/// chose threads or another device.
Tuning ReadKeptTuning(const PredictArguments& a) {
  if (a.threads > 0 || a.device != "CPU" || !UserConfigFolder()) return {};
  return ReadTuning(TuningFile(), ResolveModelPath(a.model)).value_or(Tuning());
}

/// Returns the options of the batch that do not depend on the inputs.
BatchOptions MakeBatchOptions(const PredictArguments& arguments) {
  BatchOptions batch = arguments.batch;
  batch.overlays = !arguments.no_overlays;
  batch.masks = !arguments.no_masks;
  batch.page = !arguments.no_page;
  // One more than processors, so that none waits while a file is read or written.
  batch.workers = arguments.threads > 0 ? arguments.threads : AvailableThreads() + 1;
  if (!arguments.shard.empty()) batch.shard = ParseShard(arguments.shard);
  batch.file_limit =
      std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(1000 * arguments.file_limit)));
  if (arguments.resume) batch.start = JournalStart::kResume;
  if (arguments.restart) batch.start = JournalStart::kRestart;
  batch.keep_results = false;
  return batch;
}

std::vector<fs::path> ListInputs(const PredictArguments& arguments) {
  std::vector<fs::path> inputs = arguments.inputs;
  if (!arguments.list.empty()) {
    const auto listed = ReadInputList(arguments.list);
    inputs.insert(inputs.end(), listed.begin(), listed.end());
  }
  if (inputs.empty()) throw Error(ErrorCode::kUsage, "give files or folders, or --files-from");
  return inputs;
}

/// Returns the items of this shard, and sets what `batch` states of all inputs.
std::vector<BatchItem> CollectItems(const std::vector<fs::path>& inputs, BatchOptions& batch) {
  auto [items, left_out, unread] = CollectImages(inputs, batch.output);
  batch.left_out = std::move(left_out);
  batch.unread = std::move(unread);
  if (items.empty()) ThrowNoImage(inputs.front(), batch.left_out);
  batch.inputs = items.size();
  batch.inputs_digest = HashPaths(items);
  ShardItems mine = SelectShard(std::move(items), batch.shard, batch.study_by, batch.workers);
  batch.unread.insert(batch.unread.end(), mine.unread.begin(), mine.unread.end());
  return std::move(mine.items);
}

RunSettings MakeRunSettings(const PredictArguments& arguments, std::size_t items) {
  RunSettings run{.threads = arguments.threads, .streams = arguments.tuning.streams};
  if (arguments.threads == 0) run.threads = arguments.tuning.threads;
  if (items == 1) run.streams = 1;  // all threads for the one image
  if (!arguments.no_cache) run.cache = UserCacheFolder().value_or(fs::path());
  return run;
}

void PrintReport(const PredictArguments& arguments, const BatchOptions& batch,
                 const Backend& backend, const BatchReport& report, const BatchSummary& summary) {
  if (!arguments.quiet) {
    PrintTable(summary);
    PrintStudies(summary);
  }
  fmt::print("{} of {} files measured, {} with flags, by {}{}\n", summary.files - summary.failed,
             summary.files, summary.flagged, backend.card().name,
             report.profile.images > 0 ? " on " + backend.Description() : "");
  PrintCategories(summary);
  if (report.left_out.total() > 0) fmt::print("left out: {}\n", report.left_out.Text());
  PrintStages(report.profile.stages);
  if (batch.profile) fmt::print(stderr, "{}", ToTable(report.profile));
  if (report.resumed > 0) fmt::print("{} files were processed in an earlier run\n", report.resumed);
  const std::string suffix = batch.shard.Suffix();
  const bool masks = backend.card().network.Has(Head::kSegmentation);
  fmt::print("wrote {}, studies{}.csv, results{}.json{}{}\n",
             (batch.output / ("results" + suffix + ".csv")).string(), suffix, suffix,
             batch.overlays ? ", overlays/" : "", batch.masks && masks ? ", masks/" : "");
  if (batch.page && batch.shard.IsWhole())
    fmt::print("open {} in a browser to look at the results\n",
               (batch.output / "index.html").string());
  if (HasObjects(batch.formats)) PrintObjects(summary, batch.output);
  if (summary.failed < summary.files)
    PrintMeaning(summary.scaled, masks, batch.overlays ? batch.output / "overlays" : fs::path());
  fmt::print("Research tool, not a medical device.\n");
}

int Run(PredictArguments arguments) {
  arguments.tuning = ReadKeptTuning(arguments);
  BatchOptions batch = MakeBatchOptions(arguments);
  const MeasurementSettings settings = ToMeasurementSettings(arguments);
  const std::vector<fs::path> inputs = ListInputs(arguments);
  const std::vector<BatchItem> items = CollectItems(inputs, batch);
  const nlohmann::json measured_with = ToJson(settings);
  SetObjects(arguments, measured_with, batch);
  const Analyzer analyzer = MakeAnalyzer(settings, MakeRunSettings(arguments, items.size()));
  batch.header = Header(arguments, measured_with, analyzer.backend().card());

  BatchReport report;
  BatchSummary summary;
  batch.on_row = [&](const Result& result) { summary.Add(result); };
  batch.on_exam = [&](const StudyResult& study) { summary.Add(study); };
  {
    Progress progress("predict", items.size());
    report = RunBatch(analyzer, items, batch, [&](const Result&, bool resumed) {
      resumed ? progress.Skip() : progress.Advance();
    });
  }
  if (summary.files == 0 && batch.shard.IsWhole()) ThrowNoImage(inputs.front(), report.left_out);
  PrintReport(arguments, batch, analyzer.backend(), report, summary);
  return summary.failed > 0 || summary.without_objects > 0 ? kSomeFailed : kSuccess;
}

/// Adds the options of the objects that are written for each exam.
}  // namespace

void AddPredict(CLI::App& app, int& status) {
  auto arguments = std::make_shared<PredictArguments>();
  CLI::App* command = app.add_subcommand("predict",
                                         "measure percent density, category and masks of "
                                         "mammograms (DICOM, PNG, TIFF, JPEG, JPEG 2000, "
                                         "BMP, PGM)");
  AddPredictOptions(*command, *arguments);
  command->footer(
      "Example: mhcnn predict FOLDER -o out\n"
      "Exit status: 0 every file gave a result, 1 some did not (see the column error), 2 wrong "
      "usage.\n"
      "Columns, exams and long batches: docs/results.md. Flags: docs/flags.md.");
  command->callback([arguments, &status] { status = Run(*arguments); });
}

}  // namespace mhcnn::cli
