#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "analyze/analyzer.h"
#include "analyze/overlay.h"

namespace mhcnn {

struct BatchOptions {
  std::filesystem::path output;  ///< folder for results.csv, results.json, overlays/ and masks/
  bool overlays = true, masks = true;
  OverlayOptions overlay;
  int workers = 0;  ///< 0: as many as processors
};

/// A file to analyse and the name (without extension) of what is drawn of it.
struct BatchItem {
  std::filesystem::path path;
  std::filesystem::path name;
};

/// Every file among the inputs (folders are searched through) that is or claims to be an image, by
/// name or by content, in sorted order; `output` itself is left out. Names that would meet keep
/// their extension.
std::vector<BatchItem> CollectImages(const std::vector<std::filesystem::path>& inputs,
                                     const std::filesystem::path& output);

/// Analyses all items and writes the drawings as they come and the tables at the end; a file that
/// cannot be measured has its row, the others go on. `on_result` is called once an item, one call
/// at a time. On Ctrl-C the rows so far are written and Error(kInterrupted) is thrown. Returns the
/// results in the items' order, without masks.
std::vector<Result> RunBatch(const Analyzer& analyzer, const std::vector<BatchItem>& items,
                             const BatchOptions& options,
                             const std::function<void(const Result&)>& on_result = {});

}  // namespace mhcnn
