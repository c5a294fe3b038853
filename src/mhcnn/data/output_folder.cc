#include "mhcnn/data/output_folder.h"

#include <algorithm>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/data/set_files.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Files that `mhcnn prepare` writes next to masks/.
constexpr const char* kOutputs[] = {"manifest.csv", "set_labels.csv", "census.txt",
                                    "census.json",  "census.html",    "journal.jsonl"};
constexpr const char* kRemedy = "name another folder to write to";

/// A named folder, or the folder of a named table.
struct Base {
  fs::path folder;
  bool is_searched = false;  ///< a named folder: with all below it
};

std::vector<Base> ListBases(const std::vector<fs::path>& named) {
  std::vector<Base> bases;
  for (const fs::path& input : named) {
    const fs::path whole = fs::weakly_canonical(fs::absolute(input));
    const bool is_folder = fs::is_directory(whole);
    bases.push_back({is_folder ? whole : whole.parent_path(), is_folder});
  }
  return bases;
}

/// The folders that must not be written to because of files in `folder`. A folder inside a base is
/// judged by that base alone.
std::set<fs::path> ProtectedFolders(const fs::path& folder, const std::vector<Base>& bases) {
  std::set<fs::path> guarded;
  bool is_elsewhere = true;
  for (const auto& [base, is_searched] : bases) {
    if (IsInside(base, folder)) {
      is_elsewhere = false;
    } else if (IsInside(folder, base)) {
      is_elsewhere = false;
      guarded.insert(is_searched ? base / *folder.lexically_relative(base).begin() : folder);
    }
  }
  if (is_elsewhere) guarded.insert(folder);
  return guarded;
}

std::set<fs::path> ListFolders(const std::vector<ListedImage>& images) {
  std::set<fs::path> folders;
  for (const auto& [sample, name, contour, labels] : images) {
    folders.insert(sample.image.parent_path());
    for (const auto* mask : {&sample.breast_mask, &sample.dense_mask, &sample.pectoral_mask}) {
      if (*mask) folders.insert(StripMaskLabels(**mask).parent_path());
    }
  }
  return folders;
}

}  // namespace

void CheckOutputFolder(const fs::path& out, const std::vector<fs::path>& named) {
  std::error_code ec;
  for (const fs::path& input : named) {
    if (fs::equivalent(input, out, ec)) {
      throw Error(ErrorCode::kUsage, "is the data set's own folder", out.string(), kRemedy);
    }
    for (const char* output : kOutputs) {
      if (!fs::equivalent(input, out / output, ec)) continue;
      throw Error(ErrorCode::kUsage, "is a table of the data set and would be overwritten",
                  (out / output).string(), kRemedy);
    }
  }
}

void CheckNotImageFolder(const fs::path& out, const std::vector<fs::path>& named,
                         const std::vector<ListedImage>& images) {
  const fs::path place = fs::weakly_canonical(fs::absolute(out));
  const std::vector<Base> bases = ListBases(named);
  for (const fs::path& folder : ListFolders(images)) {
    for (const fs::path& guarded : ProtectedFolders(fs::weakly_canonical(folder), bases)) {
      if (!IsInside(place, guarded)) continue;
      throw Error(ErrorCode::kUsage,
                  "is in a folder of images or masks of the data set, " + guarded.string(),
                  out.string(), kRemedy);
    }
  }
}

}  // namespace mhcnn
