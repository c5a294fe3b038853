#include "mhcnn/batch/own_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>
#include <vector>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/jpeg_encode.h"
#include "mhcnn/image/png_text.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/page/batch_page.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/results/exam_results.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// The values of a picture, as long as they are few.
std::set<std::uint16_t> CollectFewValues(const GreyImage& grey, std::size_t most) {
  std::set<std::uint16_t> values;
  for (int r = 0; r < grey.rows; ++r) {
    std::uint16_t last = 0;
    bool begun = false;
    for (const std::uint16_t value : cv::Mat1w(grey.row(r))) {
      if (begun && value == last) continue;
      begun = true;
      last = value;
      values.insert(value);
      if (values.size() > most) return values;
    }
  }
  return values;
}

constexpr std::size_t kMaxMaskValues = 8;

bool HasOwnLabels(const GreyImage& grey) {
  constexpr std::size_t kLabels = 4;
  const auto values = CollectFewValues(grey, kLabels);
  const auto holds = [&](TissueLabel label) {
    return values.count(static_cast<std::uint16_t>(label)) > 0;
  };
  return values.size() >= 2 && (holds(TissueLabel::kBreast) || holds(TissueLabel::kDense)) &&
         std::all_of(values.begin(), values.end(), IsTissueLabel);
}

}  // namespace

FileIdentity ReadFileIdentity(const fs::path& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return {};
  return {about.st_dev, about.st_ino};
}

bool IsRunTable(const fs::path& path) {
  static const std::regex pattern(
      R"((results|studies)(-[0-9]{1,6}-of-[0-9]{1,6})?\.(csv|json|journal|begun)|index\.html)");
  if (!std::regex_match(path.filename().string(), pattern)) return false;
  try {
    const auto head = ReadFileHead(path, 64);
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    return text.find("\"mhcnn-results/") != text.npos ||
           text.find("\"mhcnn-journal/") != text.npos || text.find("\"mhcnn-begun/") != text.npos ||
           text.starts_with("{\"header\":") ||
           text.starts_with("path,study_uid,sop_uid,laterality,view") ||
           text.starts_with("study,patient_id,images,used") || IsBatchPage(text);
  } catch (const Error&) {
    return false;
  }
}

bool ContainsRunTable(const fs::path& folder) {
  std::error_code ec;
  for (fs::directory_iterator walk(folder, ec); !ec && walk != fs::directory_iterator();
       walk.increment(ec)) {
    if (IsRunTable(walk->path())) return true;
  }
  return false;
}

std::set<FileIdentity> ReadManifestMasks(const fs::path& manifest) {
  std::vector<std::vector<std::string>> rows;
  try {
    ReadFileHead(manifest, 1);  // a pipe of this name is not read
    rows = ParseCsv(ReadTextFile(manifest));
  } catch (const Error&) {
    return {};
  }
  std::set<FileIdentity> masks, images;
  for (std::size_t column = 0; !rows.empty() && column < rows.front().size(); ++column) {
    const std::string& title = rows.front()[column];
    const bool is_mask = title == "mask" || title.ends_with("_mask");
    if (!is_mask && title != "image") continue;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      if (column >= rows[r].size() || rows[r][column].empty()) continue;
      const FileIdentity file =
          ReadFileIdentity(manifest.parent_path() / StripMaskLabels(rows[r][column]));
      if (file != FileIdentity()) (is_mask ? masks : images).insert(file);
    }
  }
  for (const auto& image : images) masks.erase(image);
  return masks;
}

std::string DetectRunDrawing(std::span<const std::uint8_t> head) {
  if (IsPagePicture(head)) return "picture of a page";
  if (ReadJpegComment(head) == kOverlayComment) return "overlay";
  const std::string software = ReadPngSoftware(head);
  return software == kOverlaySoftware ? "overlay" : software == kMaskSoftware ? "mask" : "";
}

bool HasMaskName(const fs::path& name) {
  static constexpr std::array kFolders = {"label", "segment", "annot", "ground_truth",
                                          "groundtruth"};
  if (ToLower(name.string()).find("mask") != std::string::npos) return true;
  const std::string folders = ToLower(name.parent_path().string());
  return std::any_of(kFolders.begin(), kFolders.end(),
                     [&](const char* word) { return folders.find(word) != std::string::npos; });
}

bool LooksLikeMask(const GreyImage& grey) {
  const auto values = CollectFewValues(grey, kMaxMaskValues);
  if (values.size() == 1) return *values.begin() == 0;  // a mask of nothing
  return !values.empty() && values.size() <= kMaxMaskValues;
}

bool IsUnmarkedLabelMap(const fs::path& file) {
  try {
    return SniffFileKind(file) == FileKind::kPng && HasOwnLabels(ReadGreyImage(file));
  } catch (const Error&) {
    return false;
  }
}

bool IsOwnObject(const MammogramMetadata& metadata) {
  return metadata.manufacturer == kObjectManufacturer &&
         metadata.manufacturer_model == kObjectModel;
}

std::optional<LeftOutKind> FindLeftOutKind(const fs::path& file, const fs::path& name) {
  try {
    const auto head = ReadFileHead(file, kSoftwareHead);
    if (!DetectRunDrawing(head).empty()) return LeftOutKind::kEarlierRun;
    if (!HasMaskName(name)) return std::nullopt;
    const FileKind kind = SniffFileKind(std::span<const std::uint8_t>(head));
    if (kind == FileKind::kUnknown || kind == FileKind::kDicom) return std::nullopt;
    const GreyImage grey = ReadGreyImage(file);
    if (HasOwnLabels(grey)) return LeftOutKind::kEarlierRun;
    if (LooksLikeMask(grey)) return LeftOutKind::kMask;
  } catch (const Error&) {
    // It has its row, which says why.
  }
  return std::nullopt;
}

}  // namespace mhcnn
