#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/uid.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/model/checkpoint.h"
#include "mhcnn/model/onnx/model_file.h"
#include "mhcnn/model/shipped_model.h"
#include "mhcnn/preprocess/mammogram_evidence.h"
#include "mhcnn/preprocess/mammogram_features.h"
#include "mhcnn/results/object_text.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;
/// Keys in the order of the printed lines.
using Description = nlohmann::ordered_json;

/// Adds a value unless it is empty.
void Put(Description& description, const char* key, const std::string& value) {
  if (!value.empty()) description[key] = value;
}

void Put(Description& description, const char* key, const std::optional<double>& value) {
  if (value) description[key] = *value;
}

void PutAcquisition(Description& d, const AcquisitionMetadata& a) {
  if (a.patient_age_years) d["patient_age_years"] = *a.patient_age_years;
  Put(d, "thickness_mm", a.thickness_mm);
  Put(d, "compression_force_n", a.compression_force_n);
  Put(d, "peak_kilovoltage", a.peak_kilovoltage);
  Put(d, "exposure_mas", a.exposure_mas);
  Put(d, "magnification", a.magnification);
  Put(d, "anode", a.anode);
  Put(d, "filter", a.filter);
  Put(d, "detector_type", a.detector_type);
  Put(d, "detector_id", a.detector_id);
  Put(d, "software", a.software);
  Put(d, "series_description", a.series_description);
  if (a.series_number > 0) d["series_number"] = a.series_number;
  if (a.instance_number > 0) d["instance_number"] = a.instance_number;
}

/// Describes a DICOM file, never with the patient's name, number or dates.
Description DescribeDicom(const fs::path& path) {
  if (const auto object = DescribeObject(path)) {
    Description d = {{"kind", object->kind}, {"title", object->title}};
    const MammogramMetadata metadata = ReadDicomMetadata(path);
    d["sop_class"] = UidName(metadata.sop_class_uid);
    Put(d, "manufacturer", metadata.manufacturer);
    Put(d, "manufacturer_model", metadata.manufacturer_model);
    Put(d, "study_uid", metadata.study_uid);
    Put(d, "sop_uid", metadata.sop_uid);
    d["of_objects"] = object->sources;
    d["content"] = object->lines;
    return d;
  }
  const MammogramMetadata metadata = ReadDicomMetadata(path);
  Description d;
  d["kind"] = "DICOM";
  Put(d, "object", metadata.sop_class_uid.empty() ? "" : UidName(metadata.sop_class_uid));
  Put(d, "transfer_syntax", UidName(metadata.transfer_syntax_uid));
  Put(d, "modality", metadata.modality);
  if (metadata.rows > 0) {
    d["rows"] = metadata.rows;
    d["columns"] = metadata.columns;
    d["bits"] = metadata.bits;
  }
  Put(d, "photometric", metadata.photometric);
  if (!metadata.windows.empty()) d["windows"] = metadata.windows;
  if (metadata.for_processing) d["presentation_intent"] = "FOR PROCESSING";
  if (metadata.synthesised_2d) d["synthesised_2d"] = true;
  Put(d, "laterality", LateralityName(metadata.laterality));
  Put(d, "view", ViewName(metadata.view));
  Put(d, "view_in_file", metadata.view_text);
  if (!metadata.view_modifiers.empty()) d["view_modifiers"] = metadata.view_modifiers;
  if (metadata.row_spacing_mm) {
    d["spacing_mm"] = {*metadata.row_spacing_mm, metadata.column_spacing_mm.value_or(0)};
  }
  PutAcquisition(d, metadata.acquisition);
  Put(d, "manufacturer", metadata.manufacturer);
  Put(d, "manufacturer_model", metadata.manufacturer_model);
  Put(d, "study_uid", metadata.study_uid);
  Put(d, "sop_uid", metadata.sop_uid);
  const auto refusal = FindReadProblem(path);
  d["in_scope"] = !refusal.has_value();
  if (refusal) {
    Put(d, "refused_as", std::string(ErrorCodeName(refusal->code())));
    Put(d, "because", refusal->problem());
    Put(d, "remedy", refusal->remedy());
  } else {
    d["flags"] = metadata.flags;
  }
  return d;
}

const char* KindName(FileKind kind) {
  switch (kind) {
    case FileKind::kPng:
      return "PNG";
    case FileKind::kTiff:
      return "TIFF";
    case FileKind::kJpeg:
      return "JPEG";
    case FileKind::kPgm:
      return "PGM";
    case FileKind::kBmp:
      return "BMP";
    case FileKind::kJpeg2000:
      return "JPEG 2000";
    case FileKind::kDicom:
      return "DICOM";
    case FileKind::kUnknown:
      break;
  }
  return "unknown";
}

Description DescribePicture(const fs::path& path, FileKind kind) {
  const Mammogram picture = ReadImageFile(path);
  double low = 0, high = 0;
  cv::minMaxLoc(picture.pixels, &low, &high);
  return {{"kind", KindName(kind)},
          {"rows", picture.pixels.rows},
          {"columns", picture.pixels.cols},
          {"bits", picture.metadata.bits},
          {"smallest_value", static_cast<int>(low)},
          {"largest_value", static_cast<int>(high)},
          {"in_scope", true}};
}

/// Returns a training summary without the numbers that are of no use to a reader.
nlohmann::json WithoutMatrices(nlohmann::json training) {
  if (training.is_object() && training.contains("inputs") && training["inputs"].is_object()) {
    for (const char* matrix : {"mean", "covariance"}) training["inputs"].erase(matrix);
  }
  return training;
}

Description DescribeModel(const fs::path& path) {
  const ModelCard card = ReadModelCard(path);
  Description d;
  d["kind"] = "ONNX model";
  Put(d, "name", card.name);
  Put(d, "version", card.version);
  d["fingerprint"] = card.fingerprint;  // a calibration refers to the model by it
  d["network"] = nlohmann::json(card.network);
  d["preprocess"] = nlohmann::json(card.preprocess);
  d["masks"] = card.masks;
  d["categories"] = card.categories;
  d["calibration"] = card.calibration;
  d["training"] = WithoutMatrices(card.training);
  d["provenance"] = card.provenance;
  return d;
}

Description DescribeCheckpoint(const fs::path& path) {
  const Checkpoint checkpoint = ReadCheckpoint(path);
  Description d;
  d["kind"] = "checkpoint";
  d["network"] = nlohmann::json(checkpoint.network);
  d["preprocess"] = nlohmann::json(checkpoint.preprocess);
  d["tensors"] = checkpoint.weights.size();
  nlohmann::json provenance = checkpoint.provenance;
  if (provenance.contains("data")) provenance["data"] = WithoutMatrices(provenance["data"]);
  d["provenance"] = provenance;
  return d;
}

/// Describes how much the image, unchanged or as its negative, looks like a mammogram.
Description DescribeReading(const GreyImage& picture, bool turned) {
  Description d = {{"turned", turned}};
  try {
    const auto negative = [](const GreyImage& of) {
      double highest = 0;
      cv::minMaxLoc(of, nullptr, &highest);
      return GreyImage(highest - of);
    };
    const GreyImage read = turned ? negative(picture) : picture;
    const Prepared prepared = Preprocess(read, PreprocessOptions{});
    const bool inverted = HasFlag(prepared.flags, Flag::kInverted);
    const auto figures = ComputeMammogramFeatures(inverted ? negative(read) : read, prepared);
    const MammogramEvidence evidence = ScoreMammogramFeatures(figures);
    d["inverted"] = inverted;
    d["score"] = evidence.score;
    d["refused"] = evidence.IsRefused();
    d["against"] = evidence.against;
    for (std::size_t i = 0; i < figures.size(); ++i) {
      d["figures"][MammogramFeatureNames()[i]] = figures[i];
    }
  } catch (const Error& e) {
    d["error"] = e.problem();
  }
  return d;
}

Description DescribeEvidence(const fs::path& path) {
  const GreyImage picture = ReadMammogram(path).pixels;
  return Description::array({DescribeReading(picture, false), DescribeReading(picture, true)});
}

Description Describe(const std::string& named) {
  std::error_code ec;
  const fs::path path = FindModelFile(named, ".onnx");
  if (!fs::exists(path, ec)) throw Error(ErrorCode::kNotFound, "does not exist", path.string());
  if (fs::is_directory(path, ec)) {
    throw Error(ErrorCode::kUnsupported, "is a folder", path.string(), "name the files in it");
  }
  if (path.extension() == ".onnx") return DescribeModel(path);
  if (path.extension() == ".safetensors") return DescribeCheckpoint(path);
  switch (const FileKind kind = SniffFileKind(path)) {
    case FileKind::kDicom:
      return DescribeDicom(path);
    case FileKind::kUnknown:
      throw Error(ErrorCode::kUnsupported, "is neither a picture, DICOM, a model nor a checkpoint",
                  path.string());
    default:
      return DescribePicture(path, kind);
  }
}

/// Returns the value with each long list of numbers replaced by its length, for a person to read.
Description ShortenLists(const Description& value) {
  constexpr std::size_t kShownNumbers = 20;
  const auto is_long = [](const Description& list) {
    return list.is_array() && list.size() > kShownNumbers &&
           std::all_of(list.begin(), list.end(), [](const auto& v) { return v.is_number(); });
  };
  if (is_long(value)) return fmt::format("{} numbers", value.size());
  if (value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), is_long)) {
    return fmt::format("{} lists of {} numbers", value.size(), value.front().size());
  }
  Description shortened = value;
  if (shortened.is_structured()) {
    for (auto& item : shortened) item = ShortenLists(item);
  }
  return shortened;
}

/// Prints "key  value" lines; nested values keep their JSON, on one line.
void Print(const std::string& path, const Description& description) {
  fmt::print("{}\n", path);
  for (const auto& [key, value] : description.items()) {
    if (value.is_object() && value.empty()) continue;
    if (key == "content") {
      for (const auto& line : value) fmt::print("    {}\n", line.get<std::string>());
      continue;
    }
    std::string text =
        value.is_string()
            ? value.get<std::string>()
            : ShortenLists(value).dump(-1, ' ', false, Description::error_handler_t::replace);
    if (value.is_boolean()) text = value.get<bool>() ? "yes" : "no";
    if (key == "windows") {
      text.clear();
      for (std::size_t i = 0; i < value.size(); ++i) {
        text += fmt::format("{}{}: {}", i > 0 ? "; " : "", i + 1, value[i].get<std::string>());
      }
    }
    if (key == "flags") {
      text = value.empty() ? "none" : "";
      for (const auto& flag : value) text += (text.empty() ? "" : " ") + flag.get<std::string>();
    }
    std::string label = key;
    std::replace(label.begin(), label.end(), '_', ' ');
    fmt::print("  {:<20} {}\n", label, text);
  }
}

int Run(const std::vector<std::string>& paths, bool as_json, bool evidence) {
  int status = kSuccess;
  Description all = Description::array();
  for (const std::string& path : paths) {
    try {
      Description description = Describe(path);
      if (evidence) description["evidence"] = DescribeEvidence(path);
      if (!as_json) Print(path, description);
      Description entry = {{"path", path}};
      entry.update(description);
      all.push_back(std::move(entry));
    } catch (const Error& e) {
      status = kSomeFailed;
      if (!as_json) fmt::print(stderr, "error: {}\n", e.WithSubject(path).what());
      all.push_back({{"path", path}, {"error", e.WithSubject(path).what()}});
    }
  }
  if (as_json) fmt::print("{}\n", all.dump(2, ' ', false, Description::error_handler_t::replace));
  return status;
}

}  // namespace

void AddInspect(CLI::App& app, int& status) {
  struct Arguments {
    std::vector<std::string> paths;
    bool json = false, evidence = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "inspect",
      "describe a file: a mammogram's header and whether it can be measured, a picture's size, a "
      "model or a checkpoint; prints no name, ID or date of a patient");
  command
      ->add_option("files", arguments->paths,
                   "pictures, DICOM files, models or checkpoints to describe")
      ->required();
  command->add_flag("--json", arguments->json,
                    "print JSON, with one entry for each file and all numbers");
  command->add_flag("--evidence", arguments->evidence,
                    "print how much each picture and its negative look like a mammogram, with "
                    "the values that decide it");
  command->callback([&status, arguments] {
    status = Run(arguments->paths, arguments->json, arguments->evidence);
  });
}

}  // namespace mhcnn::cli
