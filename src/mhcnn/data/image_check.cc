#include "mhcnn/data/image_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/data/mask_check.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

std::string PixelHash(const GreyImage& pixels) {
  Sha256 hash;
  const std::string size = fmt::format("{}x{}:", pixels.cols, pixels.rows);
  hash.Add(size.data(), size.size());
  for (int y = 0; y < pixels.rows; ++y) {
    hash.Add(pixels.ptr(y), static_cast<std::size_t>(pixels.cols) * sizeof(std::uint16_t));
  }
  return hash.Hex();
}

std::string Stamp(const fs::path& path) {
  std::error_code ec;
  const auto size = fs::file_size(path, ec);
  const auto time = fs::last_write_time(path, ec).time_since_epoch().count();
  return fmt::format("{}|{}|{}", path.string(), ec ? 0 : size, ec ? 0 : time);
}

}  // namespace

void ImageCheckOptions::Check() const {
  if (out.empty()) throw Error(ErrorCode::kUsage, "out names no folder");
}

ImageCheck CheckImage(const ListedImage& image, const ImageCheckOptions& options) {
  options.Check();
  ImageCheck result;
  const Sample& sample = image.sample;
  const bool has_masks =
      sample.breast_mask || sample.dense_mask || sample.pectoral_mask || image.pectoral_contour;
  try {
    const bool dicom = SniffFileKind(sample.image) == FileKind::kDicom;
    Mammogram mammogram;
    if (options.decode || has_masks || !dicom) {
      mammogram = ReadMammogram(sample.image);
      result.pixel_hash = PixelHash(mammogram.pixels);
      mammogram.metadata.rows = mammogram.pixels.rows;
      mammogram.metadata.columns = mammogram.pixels.cols;
    } else {
      if (const auto refused = FindReadProblem(sample.image)) throw *refused;
      mammogram.metadata = ReadDicomMetadata(sample.image);
    }
    result.file_hash = FileSha256(sample.image);
    result.readable = true;
    const MammogramMetadata& metadata = mammogram.metadata;
    result.rows = metadata.rows;
    result.columns = metadata.columns;
    result.vendor = metadata.manufacturer;
    if (!metadata.manufacturer_model.empty()) result.vendor += " / " + metadata.manufacturer_model;
    result.laterality = metadata.laterality;
    result.view = metadata.view;
    result.patient_id = metadata.patient_id;
    result.study_id = metadata.study_uid;
    const auto conflict = [&](const char* what, const char* stated, const char* header) {
      result.problems.push_back({"header_conflict", sample.image.string(),
                                 fmt::format("{} is {} in the table and {} in the header; the "
                                             "table's is kept",
                                             what, stated, header)});
    };
    if (metadata.laterality != Laterality::kUnknown && sample.laterality != Laterality::kUnknown &&
        metadata.laterality != sample.laterality) {
      conflict("laterality", LateralityName(sample.laterality),
               LateralityName(metadata.laterality));
    }
    if (metadata.view != View::kUnknown && sample.view != View::kUnknown &&
        metadata.view != sample.view) {
      conflict("view", ViewName(sample.view), ViewName(metadata.view));
    }
    if (!has_masks) return result;
    CheckMasks(image, options, mammogram.pixels, metadata.stored_orientation, result);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kIo || e.code() == ErrorCode::kInterrupted) throw;
    result = {};
    result.problems.push_back(
        {"unreadable", sample.image.string(),
         fmt::format("{} ({}); left out", e.problem(), ErrorCodeName(e.code()))});
  }
  return result;
}

std::string ImageCheckKey(const ListedImage& image, const ImageCheckOptions& options) {
  const Sample& s = image.sample;
  std::string key =
      fmt::format("v3|{}|{}|{}|{}|{}", options.decode, image.name, LateralityName(s.laterality),
                  ViewName(s.view), s.percent_density.value_or(-1));
  key += "|" + Stamp(s.image);
  for (const auto* mask : {&s.breast_mask, &s.dense_mask, &s.pectoral_mask}) {
    key += *mask ? "|" + (*mask)->filename().string() + "|" + Stamp(StripMaskLabels(**mask)) : "|";
  }
  if (s.dense_threshold) key += fmt::format("|above {}", *s.dense_threshold);
  key += image.pectoral_contour ? "|" + Stamp(*image.pectoral_contour) : "|";
  return key;
}

}  // namespace mhcnn
