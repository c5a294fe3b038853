#include "mhcnn/data/generic_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "mhcnn/base/companion.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/data/set_files.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

struct MaskKind {
  const char* folder;  ///< or the same without the last letter
  std::optional<fs::path> Sample::*mask;
};

constexpr std::array<MaskKind, 3> kMaskKinds = {{{"breast_masks", &Sample::breast_mask},
                                                 {"dense_masks", &Sample::dense_mask},
                                                 {"pectoral_masks", &Sample::pectoral_mask}}};

std::string Singular(const std::string& folder) { return folder.substr(0, folder.size() - 1); }

/// Files by their path below the folder, without the extension.
using ByPath = std::map<std::string, fs::path>;

/// An extension of digits belongs to the name: a file can be named by its UID.
fs::path WithoutExtension(const fs::path& file) {
  const std::string extension = file.extension().string();
  const bool digits = extension.find_first_not_of("0123456789", 1) == std::string::npos;
  return digits ? file : fs::path(file).replace_extension();
}

std::string Stem(const std::string& path) { return fs::path(path).filename().string(); }

bool IsPicture(const fs::path& file, DatasetIndex& listing) {
  try {
    ReadFileHead(file, 1);
  } catch (const Error& e) {
    listing.Add("unreadable_file", file.string(), e.problem() + "; left out");
    return false;
  }
  if (SniffFileKind(file) != FileKind::kUnknown) return true;
  listing.Add("not_an_image", file.string(), "is neither DICOM nor a picture; left out");
  return false;
}

void AddPictures(const fs::path& folder, DatasetIndex& listing, ByPath& pictures) {
  if (!fs::is_directory(folder)) return;
  const fs::path here = fs::weakly_canonical(folder),
                 set = fs::weakly_canonical(folder.parent_path());
  for (const auto& file : ListFilesRecursively(folder, listing.problems)) {
    // A link may lead to another folder of the set, such as the folder of the masks.
    const fs::path real = fs::weakly_canonical(file);
    if (IsInside(real, set) && !IsInside(real, here)) continue;
    if (!IsPicture(file, listing)) continue;
    const fs::path path = WithoutExtension(file.lexically_relative(folder));
    const auto [earlier, is_new] = pictures.emplace(path.generic_string(), file);
    if (!is_new) {
      listing.Add("repeated_file", file.string(),
                  "the same name as " + earlier->second.string() + "; the first is used");
    }
  }
}

std::map<std::string, std::size_t> CountStems(const ByPath& files) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [path, file] : files) ++counts[Stem(path)];
  return counts;
}

/// The images and what is needed to find the image of a mask.
class Images {
 public:
  explicit Images(const ByPath& files) : stems_(CountStems(files)) {
    for (const auto& [path, file] : files) {
      by_path_.emplace(path, samples_.size());
      by_stem_.emplace(Stem(path), samples_.size());
      samples_.emplace_back().image = file;
    }
  }

  void AddMasks(const MaskKind& kind, const ByPath& masks, DatasetIndex& listing) {
    const auto mask_stems = CountStems(masks);
    for (const auto& [path, file] : masks) {
      const std::string stem = Stem(path);
      const auto same_path = by_path_.find(path);
      const auto images = stems_.find(stem);
      if (same_path != by_path_.end()) {
        samples_[same_path->second].*kind.mask = file;
      } else if (images == stems_.end()) {
        listing.Add("orphan_mask", file.string(), "no picture images/" + path + ".*");
      } else if (images->second > 1 || mask_stems.at(stem) > 1) {
        listing.Add("ambiguous_file", file.string(),
                    fmt::format("no picture images/{}.*, and {} image(s) and {} mask(s) are named "
                                "{}.*; left out",
                                path, images->second, mask_stems.at(stem), stem));
      } else if (path != stem && !by_path_.contains(stem)) {
        // The folders may be patients, and names of views repeat.
        listing.Add("ambiguous_file", file.string(),
                    fmt::format("no picture images/{}.*, and {} may be of another patient; left "
                                "out",
                                path, samples_[by_stem_.at(stem)].image.string()));
      } else {
        samples_[by_stem_.at(stem)].*kind.mask = file;
      }
    }
  }

  const std::vector<Sample>& samples() const { return samples_; }

 private:
  std::vector<Sample> samples_;
  std::map<std::string, std::size_t> by_path_, by_stem_;  ///< places in samples_
  const std::map<std::string, std::size_t> stems_;
};

bool IsTable(const fs::path& file) {
  const std::string extension = ToLower(file.extension().string());
  return extension == ".csv" || extension == ".tsv" || extension == ".xlsx" || extension == ".xls";
}

/// A folder that `mhcnn prepare` has written.
bool IsPrepared(const fs::path& folder) {
  return fs::exists(folder / "journal.jsonl") || fs::exists(folder / "census.json");
}

void NameWhatIsNotRead(const fs::path& folder, const std::set<std::string>& read,
                       DatasetIndex& listing) {
  std::set<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.insert(entry.path());
  for (const fs::path& path : entries) {
    const std::string name = path.filename().string();
    if (read.contains(name) || name.starts_with('.') ||
        ClassifyCompanionFile(name) != Companion::kNo)
      continue;
    if (fs::is_directory(path)) {
      if (IsPrepared(path)) continue;
      listing.Add("not_read", path.string(),
                  "this folder is not read; masks are read from breast_masks/, dense_masks/ and "
                  "pectoral_masks/");
    } else if (IsTable(path)) {
      listing.Add("not_read", path.string(),
                  "this table is not read; labels are read from a manifest that is given in place "
                  "of the folder, or is named manifest.csv");
    }
  }
}

}  // namespace

void ReadGenericFolders(const fs::path& folder, DatasetIndex& listing) {
  ByPath files;
  AddPictures(folder / "images", listing, files);
  if (files.empty()) {
    throw Error(ErrorCode::kNotFound, "has neither manifest.csv nor a folder images/ with pictures",
                folder.string(), "docs/datasets.md shows the layout");
  }
  Images images(files);
  std::set<std::string> read = {"images"};
  for (const MaskKind& kind : kMaskKinds) {
    ByPath masks;
    for (const std::string& name : {std::string(kind.folder), Singular(kind.folder)}) {
      AddPictures(folder / name, listing, masks);
      read.insert(name);
    }
    images.AddMasks(kind, masks, listing);
  }
  for (const Sample& sample : images.samples())
    listing.images.push_back({sample, {}, std::nullopt, {}});
  NameWhatIsNotRead(folder, read, listing);
}

}  // namespace mhcnn
