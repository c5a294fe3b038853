#include "analyze/batch.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "analyze/results_table.h"
#include "base/error.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/parallel.h"
#include "image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

bool IsImage(const fs::path& path) {
  return NameClaimsImage(path) || SniffFileKind(path) != FileKind::kUnknown;
}

void CollectFolder(const fs::path& folder, const fs::path& output, std::vector<BatchItem>& items) {
  std::error_code ec;
  const fs::path avoid = fs::weakly_canonical(output, ec);
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied, ec);
  for (const fs::recursive_directory_iterator end; !ec && walk != end; walk.increment(ec)) {
    if (walk->is_directory(ec)) {
      if (fs::weakly_canonical(walk->path(), ec) == avoid) walk.disable_recursion_pending();
      continue;
    }
    if (!walk->is_regular_file(ec) || !IsImage(walk->path())) continue;
    items.push_back({walk->path(), walk->path().lexically_relative(folder)});
  }
}

/// The result without its masks, which the table does not need and memory would not hold for
/// thousands.
Result Slim(Result result) {
  result.breast.release();
  result.dense.release();
  result.pectoral.release();
  return result;
}

}  // namespace

std::vector<BatchItem> CollectImages(const std::vector<fs::path>& inputs, const fs::path& output) {
  std::vector<BatchItem> items;
  for (const auto& input : inputs) {
    std::error_code ec;
    if (fs::is_directory(input, ec)) {
      CollectFolder(input, output, items);
    } else {
      items.push_back({input, input.filename()});
    }
  }
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  items.erase(std::unique(items.begin(), items.end(),
                          [](const auto& a, const auto& b) { return a.path == b.path; }),
              items.end());
  // a.png and a.dcm would both draw a.png: such names keep their extension; full twins get a
  // number.
  const auto bare = [](const fs::path& name) {
    return fs::path(name).replace_extension().string();
  };
  std::map<std::string, int> uses, full_uses;
  for (const auto& item : items) ++uses[bare(item.name)];
  for (auto& item : items) {
    const std::string full = item.name.string();
    if (uses[bare(item.name)] == 1) {
      item.name.replace_extension();
    } else if (const int earlier = full_uses[full]++; earlier > 0) {
      item.name = full + "-" + std::to_string(earlier + 1);
    }
  }
  return items;
}

std::vector<Result> RunBatch(const Analyzer& analyzer, const std::vector<BatchItem>& items,
                             const BatchOptions& options,
                             const std::function<void(const Result&)>& on_result) {
  std::vector<std::optional<Result>> slots(items.size());
  std::mutex mutex;
  ParallelFor(items.size(), options.workers, [&](std::size_t i) {
    if (Interrupted()) return;
    const auto picture = [&](const fs::path& folder) {
      return options.output / folder / (items[i].name.string() + ".png");
    };
    GreyImage pixels;
    Result result = analyzer.AnalyzeFile(items[i].path, &pixels);
    if (result.ok() && options.overlays) {
      WritePng(picture("overlays"), DrawOverlay(pixels, result, options.overlay));
    }
    if (result.ok() && options.masks) WritePng(picture("masks"), LabelMap(result));
    const std::lock_guard lock(mutex);
    slots[i] = Slim(std::move(result));
    if (on_result) on_result(*slots[i]);
  });

  std::vector<Result> results;
  for (auto& slot : slots) {
    if (slot) results.push_back(std::move(*slot));
  }
  WriteFileAtomically(options.output / "results.csv", ResultsCsv(results));
  WriteFileAtomically(options.output / "results.json",
                      ResultsJson(results, analyzer.backend().card())
                              .dump(1, ' ', false, nlohmann::json::error_handler_t::replace) +
                          "\n");
  if (Interrupted()) {
    throw Error(ErrorCode::kInterrupted,
                "interrupted after " + std::to_string(results.size()) + " of " +
                    std::to_string(items.size()) + " files",
                "", "their rows are in " + (options.output / "results.csv").string());
  }
  return results;
}

}  // namespace mhcnn
