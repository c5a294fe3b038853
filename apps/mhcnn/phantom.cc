#include "mhcnn/phantom/phantom.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/base/version.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/dicom/uid.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct PhantomCommand {
  PhantomOptions options;
  int count = 100;
  std::string out;
  std::uint64_t seed = 1;
  std::string laterality, view, format = "png", syntax = "explicit", convention = "outline";
  std::vector<double> cut_points;
  double val_fraction = 0, test_fraction = 0;
  bool no_labels = false, exam = false, monochrome1 = false;
  int threads = 0;
};

[[noreturn]] void Refuse(const std::string& option, const std::string& problem) {
  throw Error(ErrorCode::kUsage, problem, option);
}

/// Fills the fields whose options are words or lists, and checks what CLI11 cannot.
void Resolve(PhantomCommand& c) {
  if (c.count < 1 || c.count > 10'000'000) Refuse("--count", "must be 1 to 10000000");
  if (c.threads < 0) Refuse("--threads", "must be 0 (all) or more");
  if (c.laterality == "L") c.options.laterality = Laterality::kLeft;
  if (c.laterality == "R") c.options.laterality = Laterality::kRight;
  if (c.view == "CC") c.options.view = View::kCC;
  if (c.view == "MLO") c.options.view = View::kMLO;
  if (c.exam && !(c.laterality.empty() && c.view.empty())) {
    Refuse("--exam", "makes all four views; leave out --laterality and --view");
  }
  if (!c.cut_points.empty()) {
    c.options.cut_ab = c.cut_points[0];
    c.options.cut_bc = c.cut_points[1];
    c.options.cut_cd = c.cut_points[2];
  }
  c.options.labels = !c.no_labels;
  if (c.convention == "strands") c.options.convention = DenseConvention::kStrands;
  if (c.val_fraction < 0 || c.test_fraction < 0 || c.val_fraction + c.test_fraction >= 1) {
    Refuse("--split-val, --split-test", "must be 0 or more, with a sum below 1");
  }
  c.options.Check();
  TransferSyntaxFromName(c.syntax);
}

std::string Numbered(const char* prefix, std::size_t n, int digits) {
  const std::string number = std::to_string(n);
  return prefix +
         std::string(digits > static_cast<int>(number.size())
                         ? static_cast<std::size_t>(digits) - number.size()
                         : 0,
                     '0') +
         number;
}

/// Sets a window over the tissue's values, as a workstation would get it.
void SetWindow(const Phantom& phantom, DicomWriteOptions& write) {
  double low = 0, high = (1 << phantom.mammogram.metadata.bits) - 1;
  if (cv::countNonZero(phantom.breast) > 0) {
    cv::minMaxLoc(phantom.mammogram.pixels, &low, &high, nullptr, nullptr,
                  phantom.breast | phantom.pectoral);
  }
  write.window_center = (low + high) / 2;
  write.window_width = std::max(1.0, high - low);
}

/// Writes one image with its masks; returns its line of the manifest.
Sample WriteOne(const PhantomCommand& c, Phantom& phantom, const std::string& stem,
                std::size_t case_number, int instance) {
  const fs::path out = fs::absolute(c.out);
  const std::string patient = Numbered("PHANTOM", case_number, 6);
  MammogramMetadata& metadata = phantom.mammogram.metadata;
  const std::string identity = "phantom/" + std::to_string(c.seed) + "/" + stem;
  metadata.patient_id = patient;
  metadata.study_uid = UidFromText("phantom/" + std::to_string(c.seed) + "/" + patient);
  metadata.series_uid = UidFromText(identity + "/series");
  metadata.sop_uid = UidFromText(identity);

  Sample sample;
  if (c.format == "dicom") {
    sample.image = out / (stem + ".dcm");
    DicomWriteOptions write;
    write.syntax = TransferSyntaxFromName(c.syntax);
    write.monochrome1 = c.monochrome1;
    write.for_processing = c.options.for_processing;
    if (!c.options.for_processing) SetWindow(phantom, write);
    write.patient_name = "PHANTOM^" + Numbered("", case_number, 3);
    write.study_description = "MH-CNN phantom";
    write.study_date = "20250101";
    write.instance_number = instance;
    WriteDicomMammogram(sample.image, phantom.mammogram, write);
  } else {
    sample.image = out / "images" / (stem + ".png");
    cv::Mat pixels = phantom.mammogram.pixels;
    if (c.monochrome1) pixels = ((1 << metadata.bits) - 1) - pixels;
    WritePng(sample.image, pixels);
  }
  const auto mask = [&](const char* name, const Mask& value) {
    fs::path path = out / "masks" / name / (stem + ".png");
    WritePng(path, value);
    return path;
  };
  sample.breast_mask = mask("breast", phantom.breast);
  sample.dense_mask = mask("dense", phantom.dense);
  sample.pectoral_mask = mask("pectoral", phantom.pectoral);
  sample.percent_density = phantom.percent_density;
  sample.category = phantom.category;
  sample.patient_id = patient;
  sample.study_id = metadata.study_uid;
  sample.laterality = metadata.laterality;
  sample.view = metadata.view;
  return sample;
}

void WriteProvenance(const PhantomCommand& c) {
  const PhantomOptions& o = c.options;
  const nlohmann::ordered_json json = {
      {"program", std::string("mhcnn ") + Version()},
      {"command", "phantom"},
      {"seed", c.seed},
      {"count", c.count},
      {"exam", c.exam},
      {"format", c.format},
      {"syntax", c.format == "dicom" ? c.syntax : ""},
      {"monochrome1", c.monochrome1},
      {"height", o.height},
      {"width", o.width},
      {"pixel_mm", o.pixel_mm},
      {"laterality", c.laterality},
      {"view", c.view},
      {"density", {o.density_low, o.density_high}},
      {"convention", c.convention},
      {"for_processing", o.for_processing},
      {"labels", o.labels},
      {"appearances", o.appearances},
      {"reader_noise", o.reader_noise},
      {"cut_points", {o.cut_ab, o.cut_bc, o.cut_cd}},
      {"split", {{"val", c.val_fraction}, {"test", c.test_fraction}}},
  };
  WriteFileAtomically(fs::path(c.out) / "phantom.json", json.dump(2) + "\n");
}

void Run(PhantomCommand& c) {
  Resolve(c);
  // Images are made in parallel; threads within one image would only slow the others down.
  cv::setNumThreads(1);
  const auto cases = static_cast<std::size_t>(c.count);
  const std::size_t views = c.exam ? 4 : 1;
  std::vector<Sample> samples(cases * views);
  Progress progress("phantoms", samples.size());
  ParallelFor(cases, c.threads, [&](std::size_t i) {
    ThrowIfInterrupted();
    std::vector<Phantom> made;
    if (c.exam) {
      made = MakePhantomExam(c.options, c.seed, i);
    } else {
      made.push_back(MakePhantom(c.options, c.seed, i));
    }
    for (std::size_t v = 0; v < made.size(); ++v) {
      const MammogramMetadata& metadata = made[v].mammogram.metadata;
      const std::string stem = c.exam ? Numbered("exam-", i + 1, 4) + "/" +
                                            LateralityName(metadata.laterality) + "-" +
                                            ViewName(metadata.view)
                                      : Numbered("phantom-", i + 1, 6);
      samples[i * views + v] = WriteOne(c, made[v], stem, i + 1, static_cast<int>(v) + 1);
      progress.Advance();
    }
  });
  progress.Finish();
  if (c.val_fraction + c.test_fraction > 0)
    SplitByPatient(samples, c.val_fraction, c.test_fraction, c.seed);
  WriteManifest(fs::path(c.out) / "manifest.csv", samples);
  WriteProvenance(c);
}

}  // namespace

void AddPhantom(CLI::App& app, int& status) {
  auto c = std::make_shared<PhantomCommand>();
  CLI::App* sub = app.add_subcommand(
      "phantom", "make synthetic mammograms with masks, percent density and category");
  PhantomOptions& o = c->options;
  sub->add_option("--out,-o", c->out, "folder to write the data set to")->required();
  sub->add_option("--count,-n", c->count, "number of pictures, or of exams with --exam")
      ->capture_default_str();
  sub->add_option("--seed", c->seed,
                  "random seed of the phantoms; the same seed gives the same files")
      ->capture_default_str();
  sub->add_option("--height", o.height, "height of the phantom images in pixels")
      ->capture_default_str();
  sub->add_option("--width", o.width, "width of the phantom images in pixels")
      ->capture_default_str();
  sub->add_option("--pixel-mm", o.pixel_mm,
                  "pixel size in mm; 0 draws a field of view at random for each case")
      ->capture_default_str();
  sub->add_option("--laterality", c->laterality,
                  "side of the breast, L or R (default: drawn at random)")
      ->check(CLI::IsMember({"L", "R"}));
  sub->add_option("--view", c->view, "view, CC or MLO (default: drawn at random)")
      ->check(CLI::IsMember({"CC", "MLO"}));
  sub->add_option("--density-low", o.density_low, "lowest percent density of the phantoms")
      ->capture_default_str();
  sub->add_option("--density-high", o.density_high, "highest percent density of the phantoms")
      ->capture_default_str();
  sub->add_option(
         "--convention", c->convention,
         "what counts as dense tissue: outline (dense regions with the fat inside them) or "
         "strands (only the brighter tissue inside them); the images are the same")
      ->check(CLI::IsMember({"outline", "strands"}))
      ->capture_default_str();
  sub->add_flag(
      "--for-processing", o.for_processing,
      "write the raw detector signal (FOR PROCESSING), without the processing for display");
  sub->add_flag("--no-labels", c->no_labels, "draw no view markers and no label plates");
  auto* appearances = sub->add_option("--appearances", o.appearances,
                                      "appearances (kinds of film or processing) to draw from, "
                                      "separated by commas (default: all; docs/phantom.md lists "
                                      "them)")
                          ->delimiter(',');
  auto* looks =
      sub->add_option("--looks", o.appearances, "old name of --appearances")
          ->delimiter(',')
          ->each([](const std::string&) { WarnRenamed("option --looks", "--appearances"); })
          ->group("");  // not in the help
  sub->add_option(
         "--reader-noise", o.reader_noise,
         "standard deviation, in percent points, of the simulated reader who gives the category")
      ->capture_default_str();
  sub->add_option(
         "--cut-points", c->cut_points,
         "three percent densities that separate the categories: a from b, b from c and c from d")
      ->expected(3);
  sub->add_option("--split-val", c->val_fraction, "fraction of the patients in split val, 0 to 1")
      ->capture_default_str();
  sub->add_option("--split-test", c->test_fraction,
                  "fraction of the patients in split test, 0 to 1")
      ->capture_default_str();
  sub->add_option("--threads", c->threads, "number of threads (0: all processors)")
      ->capture_default_str();
  sub->add_option("--format", c->format, "format of the images, png or dicom")
      ->check(CLI::IsMember({"png", "dicom"}))
      ->capture_default_str();
  sub->add_flag("--exam", c->exam, "make exams of four views instead of single pictures");
  sub->add_option(
         "--syntax", c->syntax,
         "DICOM transfer syntax of the files: implicit, explicit, deflated, rle, jpeg, jpeg12, "
         "jpeg-lossless, jpeg-ls, jpeg2000 or jpeg2000-lossy")
      ->capture_default_str();
  sub->add_flag("--monochrome1", c->monochrome1,
                "store inverted values (MONOCHROME1) in the DICOM files");
  sub->callback([c, appearances, looks, &status] {
    if (*appearances && *looks)
      Refuse("--looks", "is the old name of --appearances; give only --appearances");
    Run(*c);
    status = kSuccess;
  });
}

}  // namespace mhcnn::cli
