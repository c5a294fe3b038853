#include "mhcnn/batch/drawings.h"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "mhcnn/base/file.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/image/nifti_file.h"
#include "mhcnn/image/png_file.h"
#include "mhcnn/image/png_text.h"
#include "mhcnn/page/batch_page.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/results/overlay.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Millimetres for a column and a row of pixels, where they can be trusted.
std::optional<cv::Size2d> PixelSpacing(const Result& result) {
  const auto& metadata = result.metadata;
  if (!metadata.row_spacing_mm || !metadata.column_spacing_mm) return std::nullopt;
  return cv::Size2d(*metadata.column_spacing_mm, *metadata.row_spacing_mm);
}

/// The page shows pictures where the run draws overlays, which show the same.
bool HasPagePictures(const BatchOptions& options) {
  return options.page_data || (options.page && options.overlays);
}

using Clock = std::chrono::steady_clock;

/// The files of one kind of drawing of an image: paths and contents.
using Drawing = std::vector<std::pair<fs::path, std::vector<std::uint8_t>>>;

Drawing DrawPagePicture(const BatchOptions& options, const GreyImage& pixels,
                        const Result& result) {
  const std::string key = PagePictureKey(result.metadata.path);
  const PagePicturePaths paths = MakePagePicturePaths(options.output, key);
  PagePicture picture = MakePagePicture(pixels, result);
  fs::path outlines = paths.outlines;
  if (options.page_data) outlines.replace_extension(".json");
  const std::string text =
      options.page_data ? picture.outlines : OutlinesScript(key, picture.outlines);
  return {{paths.picture, std::move(picture.picture)},
          {paths.thumbnail, std::move(picture.thumbnail)},
          {outlines, {text.begin(), text.end()}}};
}

/// What is to be drawn of a result; the drawings do not depend on each other.
std::vector<std::function<Drawing()>> MakeDrawings(const GreyImage& pixels, const BatchItem& item,
                                                   const BatchOptions& options,
                                                   const Result& result) {
  std::vector<std::function<Drawing()>> drawings;
  if (options.overlays) {
    drawings.emplace_back([&] {
      const OverlayFormat format = options.overlay.format;
      return Drawing{{OverlayPath(options.output, item, format),
                      EncodeOverlay(DrawOverlay(pixels, result, options.overlay), format)}};
    });
  }
  const bool masks = !result.breast.empty();
  if (options.masks && masks) {
    drawings.emplace_back([&] {
      // It says of itself that it is a mask, so that no later run measures it.
      return Drawing{{DrawingPath(options.output, "masks", item),
                      AddPngSoftware(EncodeLabelPng(LabelMap(result)), kMaskSoftware)}};
    });
  }
  if (options.nifti && masks) {
    drawings.emplace_back([&] {
      return Drawing{
          {NiftiPath(options.output, item), EncodeNifti(LabelMap(result), PixelSpacing(result))}};
    });
  }
  if (HasPagePictures(options))
    drawings.emplace_back([&] { return DrawPagePicture(options, pixels, result); });
  return drawings;
}

}  // namespace

double WriteDrawings(const GreyImage& pixels, const BatchItem& item, const BatchOptions& options,
                     int threads, Result& result) {
  const auto drawings = MakeDrawings(pixels, item, options, result);
  std::mutex mutex;
  double draw = 0, write = 0;  // sums over the threads
  const auto begin = Clock::now();
  ParallelFor(drawings.size(), threads, [&](std::size_t i) {
    const auto start = Clock::now();
    const Drawing drawing = drawings[i]();
    const auto drawn = Clock::now();
    for (const auto& [path, bytes] : drawing) WriteFileAtomically(path, bytes);
    const auto written = Clock::now();
    const std::lock_guard lock(mutex);
    draw += std::chrono::duration<double>(drawn - start).count();
    write += std::chrono::duration<double>(written - drawn).count();
  });
  // The worker waits until the last thread is done: its time, divided as theirs.
  const double passed = std::chrono::duration<double>(Clock::now() - begin).count();
  result.stages.write = passed;
  return draw + write > 0 ? passed * draw / (draw + write) : 0;
}

void RemovePartialOutputs(const std::vector<BatchItem>& items, const BatchOptions& options) {
  std::set<fs::path> files;
  for (const auto& item : items) {
    files.insert(OverlayPath(options.output, item, options.overlay.format));
    files.insert(DrawingPath(options.output, "masks", item));
    files.insert(NiftiPath(options.output, item));
    if (HasPagePictures(options)) {
      const auto paths =
          MakePagePicturePaths(options.output, PagePictureKey(item.DisplayPath().string()));
      files.insert({paths.picture, paths.thumbnail, paths.outlines});
    }
  }
  for (const char* table : {"results", "studies"}) {
    for (const char* extension : {".csv", ".json"}) {
      files.insert(options.output / (table + options.shard.Suffix() + extension));
    }
  }
  files.insert(ProfilePath(options.output, options.shard.Suffix()));
  if (options.page) {
    // There are no more exams than files.
    files.merge(BatchPageFiles(options.output, items.size()));
  }
  RemoveStaleTemporaries(files);
}

}  // namespace mhcnn
