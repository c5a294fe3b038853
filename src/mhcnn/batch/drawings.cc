#include "mhcnn/batch/drawings.h"

#include <chrono>
#include <optional>
#include <set>

#include "mhcnn/base/file.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/nifti_file.h"
#include "mhcnn/image/png_text.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/results/overlay.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// A drawing says of itself that it is one, so that no later run measures it.
void WriteMarkedPng(const fs::path& path, const cv::Mat& image, const char* software) {
  WriteFileAtomically(path, WithSoftware(EncodePng(image), software));
}

/// Millimetres for a column and a row of pixels, where they can be trusted.
std::optional<cv::Size2d> PixelSpacing(const Result& result) {
  const auto& facts = result.facts;
  if (!facts.row_spacing_mm || !facts.column_spacing_mm) return std::nullopt;
  return cv::Size2d(*facts.column_spacing_mm, *facts.row_spacing_mm);
}

/// The page shows pictures where the run draws overlays, which show the same.
bool HasPagePictures(const BatchOptions& options) {
  return options.page_data || (options.page && options.overlays);
}

void WritePagePicture(const BatchOptions& options, const GreyImage& pixels, const Result& result) {
  const std::string key = PagePictureKey(result.facts.path);
  const PagePicturePaths paths = PathsOfPagePicture(options.output, key);
  const PagePicture picture = MakePagePicture(pixels, result);
  WriteFileAtomically(paths.picture, picture.picture);
  WriteFileAtomically(paths.thumbnail, picture.thumbnail);
  if (options.page_data) {
    WriteFileAtomically(fs::path(paths.outlines).replace_extension(".json"), picture.outlines);
  } else {
    WriteFileAtomically(paths.outlines, OutlinesScript(key, picture.outlines));
  }
}

}  // namespace

void WriteDrawings(const GreyImage& pixels, const BatchItem& item, const BatchOptions& options,
                   Result& result) {
  const auto start = std::chrono::steady_clock::now();
  if (options.overlays) {
    WriteMarkedPng(DrawingPath(options.output, "overlays", item),
                   DrawOverlay(pixels, result, options.overlay), kOverlaySoftware);
  }
  if (options.masks && !result.breast.empty())
    WriteMarkedPng(DrawingPath(options.output, "masks", item), LabelMap(result), kMaskSoftware);
  if (options.nifti && !result.breast.empty())
    WriteFileAtomically(NiftiPath(options.output, item),
                        EncodeNifti(LabelMap(result), PixelSpacing(result)));
  if (HasPagePictures(options)) WritePagePicture(options, pixels, result);
  result.stages.write =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void RemovePartialOutputs(const std::vector<BatchItem>& items, const BatchOptions& options) {
  std::set<fs::path> files;
  for (const auto& item : items) {
    for (const char* folder : {"overlays", "masks"}) {
      files.insert(DrawingPath(options.output, folder, item));
    }
    files.insert(NiftiPath(options.output, item));
    if (HasPagePictures(options)) {
      const auto paths =
          PathsOfPagePicture(options.output, PagePictureKey(item.DisplayPath().string()));
      files.insert({paths.picture, paths.thumbnail, paths.outlines});
    }
  }
  for (const char* table : {"results", "studies"}) {
    for (const char* extension : {".csv", ".json"}) {
      files.insert(options.output / (table + options.shard.Suffix() + extension));
    }
  }
  if (options.page) {
    files.insert({options.output / "index.html", options.output / kPageFolder / "exams.js"});
  }
  RemoveStaleTemporaries(files);
}

}  // namespace mhcnn
