#include "mhcnn/data/output_folder.h"

#include <algorithm>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/data/masks.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// What `mhcnn prepare` writes beside masks/.
constexpr const char* kOutputs[] = {"manifest.csv", "set_labels.csv", "census.txt",
                                    "census.json",  "census.html",    "journal.jsonl"};
constexpr const char* kRemedy = "name another folder to write to";

bool IsInside(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

/// The folder of a file that must not be written to; empty if there is none. `base`: the folder of
/// a named table, or a named folder.
fs::path ProtectedFolder(const fs::path& folder, const fs::path& base) {
  if (!IsInside(folder, base)) return IsInside(base, folder) ? fs::path() : folder;
  return folder == base ? fs::path() : base / *folder.lexically_relative(base).begin();
}

std::set<fs::path> FoldersOf(const std::vector<ListedImage>& images) {
  std::set<fs::path> folders;
  for (const auto& [sample, name, contour, labels] : images) {
    folders.insert(sample.image.parent_path());
    for (const auto* mask : {&sample.breast_mask, &sample.dense_mask, &sample.pectoral_mask}) {
      if (*mask) folders.insert(MaskFile(**mask).parent_path());
    }
  }
  return folders;
}

}  // namespace

void RefuseOverwrite(const fs::path& out, const std::vector<fs::path>& named) {
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

void RefuseFolderOfImages(const fs::path& out, const std::vector<fs::path>& named,
                          const std::vector<ListedImage>& images) {
  const fs::path place = fs::weakly_canonical(fs::absolute(out));
  const std::set<fs::path> folders = FoldersOf(images);
  for (const fs::path& input : named) {
    const fs::path whole = fs::weakly_canonical(fs::absolute(input));
    const fs::path base = fs::is_directory(whole) ? whole : whole.parent_path();
    for (const fs::path& folder : folders) {
      const fs::path guarded = ProtectedFolder(fs::weakly_canonical(folder), base);
      if (guarded.empty() || !IsInside(place, guarded)) continue;
      throw Error(ErrorCode::kUsage,
                  "is in a folder of images or masks of the data set, " + guarded.string(),
                  out.string(), kRemedy);
    }
  }
}

}  // namespace mhcnn
