#include "predict_options.h"

#include <map>
#include <string>

#include "mhcnn/analyze/test_time_augmentation.h"
#include "model_path.h"

namespace mhcnn::cli {
namespace {

void AddObjectOptions(CLI::App& command, PredictArguments& arguments) {
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
void AddInputOptions(CLI::App& command, PredictArguments& arguments) {
  command.add_option("inputs", arguments.inputs,
                     "files, folders, zip and tar files or DICOMDIRs to measure");
  command.add_option("--files-from", arguments.list,
                     "list of the inputs: one path in each line, or a CSV with a column 'path', "
                     "'image' or 'file'");
  command.add_option("-o,--output", arguments.batch.output, "folder to write the results to")
      ->required();
}

/// Adds the options of the model and of the run of the network.
void AddNetworkOptions(CLI::App& command, PredictArguments& arguments) {
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
void AddOverlayOptions(CLI::App& command, PredictArguments& arguments) {
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
void AddMeasurementOptions(CLI::App& command, PredictArguments& arguments) {
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
void AddRunOptions(CLI::App& command, PredictArguments& arguments) {
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
void AddFileOptions(CLI::App& command, PredictArguments& arguments) {
  command.add_flag("--no-overlays", arguments.no_overlays, "write no overlay pictures");
  command.add_flag("--no-masks", arguments.no_masks, "write no mask pictures");
  command.add_flag("--no-page", arguments.no_page,
                   "write no page of the results (index.html and page/)");
  command.add_flag("--nifti", arguments.batch.nifti,
                   "write the masks as NIfTI files too (masks/*.nii.gz)");
}

}  // namespace

void AddPredictOptions(CLI::App& command, PredictArguments& arguments) {
  AddInputOptions(command, arguments);
  AddNetworkOptions(command, arguments);
  AddOverlayOptions(command, arguments);
  AddMeasurementOptions(command, arguments);
  AddRunOptions(command, arguments);
  AddFileOptions(command, arguments);
  AddObjectOptions(command, arguments);
  command.add_flag("--profile", arguments.batch.profile,
                   "print to standard error how long each stage took, and write profile.json");
  command.add_flag("-q,--quiet", arguments.quiet, "print no table of the results");
}

}  // namespace mhcnn::cli
