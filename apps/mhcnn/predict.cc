#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/analyze/test_time_augmentation.h"
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
#include "predict_tables.h"
#include "tuning_file.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<fs::path> inputs;
  std::string model;
  AnalyzeOptions analyze;
  BatchOptions batch;
  std::string device = "CPU";
  std::optional<Precision> precision;  ///< nothing: that of `mhcnn tune`, else f32
  Tuning tuning;                       ///< choice of `mhcnn tune`, or the default
  bool no_cache = false;
  int threads = 0;
  bool quiet = false, no_overlays = false, no_masks = false, no_page = false, resume = false,
       restart = false;
  fs::path list, calibration;
  std::string shard, formats = "csv,json";
  double file_limit = 0;  ///< seconds
  std::vector<fs::path> corrects;
};

MeasurementSettings ToMeasurementSettings(const Arguments& a) {
  return {ResolveModelPath(a.model), a.device, a.calibration, a.analyze,
          a.precision.value_or(a.tuning.precision)};
}

/// Returns the settings that a resumed run must have in common with the run that it continues.
nlohmann::json Header(const Arguments& a, const nlohmann::json& settings, const ModelCard& model) {
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
void SetObjects(const Arguments& a, const nlohmann::json& settings, BatchOptions& batch) {
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
Tuning ReadKeptTuning(const Arguments& a) {
  if (a.threads > 0 || a.device != "CPU" || !UserConfigFolder()) return {};
  return ReadTuning(TuningFile(), ResolveModelPath(a.model)).value_or(Tuning());
}

int Run(Arguments arguments) {
  arguments.tuning = ReadKeptTuning(arguments);
  BatchOptions batch = arguments.batch;
  batch.overlays = !arguments.no_overlays;
  batch.masks = !arguments.no_masks;
  batch.page = !arguments.no_page;
  // One more than processors, so that none waits while a file is read or written.
  batch.workers = arguments.threads > 0 ? arguments.threads : AvailableThreads() + 1;

  const MeasurementSettings settings = ToMeasurementSettings(arguments);
  std::vector<fs::path> inputs = arguments.inputs;
  if (!arguments.list.empty()) {
    const auto listed = ReadInputList(arguments.list);
    inputs.insert(inputs.end(), listed.begin(), listed.end());
  }
  if (inputs.empty()) throw Error(ErrorCode::kUsage, "give files or folders, or --files-from");
  auto [items, left_out, unread] = CollectImages(inputs, batch.output);
  batch.left_out = std::move(left_out);
  batch.unread = std::move(unread);
  if (items.empty()) ThrowNoImage(inputs.front(), batch.left_out);
  if (!arguments.shard.empty()) batch.shard = ParseShard(arguments.shard);
  batch.inputs = items.size();
  batch.inputs_digest = HashPaths(items);
  ShardItems mine = SelectShard(std::move(items), batch.shard, batch.study_by, batch.workers);
  items = std::move(mine.items);
  batch.unread.insert(batch.unread.end(), mine.unread.begin(), mine.unread.end());
  batch.file_limit =
      std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(1000 * arguments.file_limit)));
  if (arguments.resume) batch.start = JournalStart::kResume;
  if (arguments.restart) batch.start = JournalStart::kRestart;
  const nlohmann::json measured_with = ToJson(settings);
  SetObjects(arguments, measured_with, batch);
  RunSettings run{.threads = arguments.threads, .streams = arguments.tuning.streams};
  if (arguments.threads == 0) run.threads = arguments.tuning.threads;
  if (items.size() == 1) run.streams = 1;  // all threads for the one image
  if (!arguments.no_cache) run.cache = UserCacheFolder().value_or(fs::path());
  const Analyzer analyzer = MakeAnalyzer(settings, run);
  batch.header = Header(arguments, measured_with, analyzer.backend().card());

  BatchReport report;
  BatchSummary summary;
  batch.keep_results = false;
  batch.on_row = [&](const Result& result) { summary.Add(result); };
  batch.on_exam = [&](const StudyResult& study) { summary.Add(study); };
  {
    Progress progress("predict", items.size());
    report = RunBatch(analyzer, items, batch, [&](const Result&, bool resumed) {
      resumed ? progress.Skip() : progress.Advance();
    });
  }
  if (summary.files == 0 && batch.shard.IsWhole()) ThrowNoImage(inputs.front(), report.left_out);
  if (!arguments.quiet) {
    PrintTable(summary);
    PrintStudies(summary);
  }
  fmt::print("{} of {} files measured, {} with flags, by {}{}\n", summary.files - summary.failed,
             summary.files, summary.flagged, analyzer.backend().card().name,
             report.profile.images > 0 ? " on " + analyzer.backend().Description() : "");
  PrintCategories(summary);
  if (report.left_out.total() > 0) fmt::print("left out: {}\n", report.left_out.Text());
  PrintStages(report.profile.stages);
  if (batch.profile) fmt::print(stderr, "{}", ToTable(report.profile));
  if (report.resumed > 0) fmt::print("{} files were processed in an earlier run\n", report.resumed);
  const std::string suffix = batch.shard.Suffix();
  const bool masks = analyzer.backend().card().network.Has(Head::kSegmentation);
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
  return summary.failed > 0 || summary.without_objects > 0 ? kSomeFailed : kSuccess;
}

/// Adds the options of the objects that are written for each exam.
void AddObjectOptions(CLI::App& command, Arguments& arguments) {
  ObjectOptions& objects = arguments.batch.objects;
  command
      .add_option(
          "--format", arguments.formats,
          "formats to write, separated by commas: csv, json (both always), and for each exam seg "
          "(DICOM Segmentation), sr (Structured Report, TID 1500), cad (Mammography CAD "
          "SR), sc (Secondary Capture), fhir (R4 bundle), or all")
      ->capture_default_str();
  command
      .add_option("--series-number", objects.series_number,
                  "Series Number of the SEG objects; SR, CAD SR and SC get the next three")
      ->check(CLI::Range(1, 99'999'999))
      ->capture_default_str();
  command
      .add_option("--seg-scale", objects.seg_scale,
                  "N: one pixel of a SEG object represents N x N pixels of the image")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  command.add_flag(
      "--sr-3d", objects.sr_comprehensive_3d,
      "write the SR as Comprehensive 3D SR (88.34) instead of Comprehensive SR (88.33)");
  command.add_flag("--sc-mg", objects.sc_modality_mg,
                   "give the Secondary Capture the Modality MG instead of OT");
  command.add_option(
      "--object-time", objects.date_time,
      "date and time of the objects, YYYYMMDDHHMMSS (default: the latest time of their "
      "images, so that a second run writes the same objects)");
  command.add_option("--corrects", arguments.corrects,
                     "SR objects of an earlier run, or folders with them. The new SR objects "
                     "replace them and name them as predecessors");
}

/// Adds the options of the inputs and of the place of the results.
void AddInputOptions(CLI::App& command, Arguments& arguments) {
  command.add_option("inputs", arguments.inputs,
                     "files, folders, zip and tar files or DICOMDIRs to measure");
  command.add_option("--files-from", arguments.list,
                     "list of the inputs: one path in each line, or a CSV with a column 'path', "
                     "'image' or 'file'");
  command.add_option("-o,--output", arguments.batch.output, "folder to write the results to")
      ->required();
}

/// Adds the options of the model and of the run of the network.
void AddNetworkOptions(CLI::App& command, Arguments& arguments) {
  command.add_option("-m,--model", arguments.model, kModelHelp);
  command.add_option(
      "--calibration", arguments.calibration,
      "file that mhcnn calibrate wrote, used instead of the model's own calibration");
  command
      .add_option("--device", arguments.device,
                  "device that runs the network: an OpenVINO device (CPU, GPU, ...), or cuda or "
                  "cuda:N; with cuda the program mhcnn-train runs the network (docs/speed.md)")
      ->capture_default_str();
  command
      .add_option(
          "--precision", arguments.precision,
          "arithmetic of the network: f32 or bf16. bf16 is faster on some processors and "
          "changes percent densities; the column 'model' then contains bf16 (docs/speed.md). "
          "Default: the setting of mhcnn tune, else f32")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Precision>{{"f32", Precision::kF32}, {"bf16", Precision::kBf16}}))
      ->default_str("f32");
  command.add_flag("--no-cache", arguments.no_cache,
                   "neither use nor keep compiled networks in the user's cache folder");
  command.add_option("-j,--threads", arguments.threads, "number of threads (0: all processors)")
      ->check(CLI::Range(0, 1024));
}

/// Adds the options of the overlays.
void AddOverlayOptions(CLI::App& command, Arguments& arguments) {
  command
      .add_option(
          "--overlay-size", arguments.batch.overlay.long_side,
          "largest length of the longer side of an overlay in pixels. No overlay is larger than "
          "the decoded picture")
      ->check(CLI::Range(200, 20000))
      ->capture_default_str();
  command
      .add_option("--overlay-format", arguments.batch.overlay.format,
                  "file format of the overlays: png (every pixel as it was drawn) or jpeg (a "
                  "quarter of the size)")
      ->transform(CLI::CheckedTransformer(std::map<std::string, OverlayFormat>{
          {"png", OverlayFormat::kPng}, {"jpeg", OverlayFormat::kJpeg}}))
      ->default_str("png");
}

/// Adds the options that change the measurement.
void AddMeasurementOptions(CLI::App& command, Arguments& arguments) {
  command
      .add_option(
          "--heads-disagree-above", arguments.analyze.heads_disagree_above,
          "largest difference, in percent points, between the percent of the masks and the percent "
          "of the regression head; above it the result has the flag heads_disagree")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command
      .add_option(
          "--tta", arguments.analyze.variants,
          "number of variants of each picture (mirrored, gamma, contrast, rotation) that are "
          "averaged (test-time augmentation); more variants need more time")
      ->check(CLI::Range(1, kMaxVariants))
      ->capture_default_str();
  command.add_flag(
      "--read-whole", arguments.analyze.read_whole,
      "decode JPEG 2000 files at full size, not at the smaller size that the model needs");
  command.add_flag("--convert-raw", arguments.analyze.read.convert_raw,
                   "convert raw FOR PROCESSING images instead of refusing them");
  command.add_option("--window", arguments.analyze.read.window,
                     "VOI LUT or window to use if a DICOM file has several: its number from 1 "
                     "(mhcnn inspect lists them) or its explanation (default: the first)");
}

/// Adds the options of long runs: shards, exams, resuming.
void AddRunOptions(CLI::App& command, Arguments& arguments) {
  command.add_option("--shard", arguments.shard,
                     "measure only part I of N (no exam is divided): I/N, auto (Slurm array) or "
                     "auto/N (Kubernetes indexed job); mhcnn merge joins the parts");
  command
      .add_option(
          "--study-by", arguments.batch.study_by,
          "rule that groups files into exams: auto (Study Instance UID, else patient and date, "
          "else one exam for each file) or folder (one exam for each folder)")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, StudyBy>{{"auto", StudyBy::kAuto}, {"folder", StudyBy::kFolder}}));
  auto* resume =
      command.add_flag("--resume", arguments.resume,
                       "start a run, or continue an earlier one: files that are done are skipped");
  command
      .add_flag("--restart", arguments.restart,
                "start again from the first file if an earlier run was not finished")
      ->excludes(resume);
  command
      .add_option(
          "--file-limit", arguments.file_limit,
          "time limit for one file, in seconds. A file over the limit ends the run; continue "
          "it with --resume. After two such runs the file gets an error row. 0: no limit")
      ->check(CLI::Range(0.0, 86400.0))
      ->capture_default_str();
}

/// Adds the options that choose the files to write.
void AddFileOptions(CLI::App& command, Arguments& arguments) {
  command.add_flag("--no-overlays", arguments.no_overlays, "write no overlay pictures");
  command.add_flag("--no-masks", arguments.no_masks, "write no mask pictures");
  command.add_flag("--no-page", arguments.no_page,
                   "write no page of the results (index.html and page/)");
  command.add_flag("--nifti", arguments.batch.nifti,
                   "write the masks as NIfTI files too (masks/*.nii.gz)");
}

}  // namespace

void AddPredict(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("predict",
                                         "measure percent density, category and masks of "
                                         "mammograms (DICOM, PNG, TIFF, JPEG, JPEG 2000, "
                                         "BMP, PGM)");
  AddInputOptions(*command, *arguments);
  AddNetworkOptions(*command, *arguments);
  AddOverlayOptions(*command, *arguments);
  AddMeasurementOptions(*command, *arguments);
  AddRunOptions(*command, *arguments);
  AddFileOptions(*command, *arguments);
  AddObjectOptions(*command, *arguments);
  command->add_flag("--profile", arguments->batch.profile,
                    "print to standard error how long each stage took, and write profile.json");
  command->add_flag("-q,--quiet", arguments->quiet, "print no table of the results");
  command->footer(
      "Example: mhcnn predict FOLDER -o out\n"
      "Exit status: 0 every file gave a result, 1 some did not (see the column error), 2 wrong "
      "usage.\n"
      "Columns, exams and long batches: docs/results.md. Flags: docs/flags.md.");
  command->callback([arguments, &status] { status = Run(*arguments); });
}

}  // namespace mhcnn::cli
