#include <fmt/format.h>

#include <map>

#include "mhcnn/base/error.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/data/set_files.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

void ReadTable(const fs::path& path, DatasetIndex& listing) {
  for (Sample& sample : ReadManifest(path)) {
    if (!fs::exists(sample.image)) {
      listing.Add("orphan_row", path.string(), "no file " + sample.image.string());
      continue;
    }
    for (auto* mask : {&sample.breast_mask, &sample.dense_mask, &sample.pectoral_mask}) {
      if (*mask && !fs::exists(MaskFile(**mask))) {
        listing.Add("orphan_row", path.string(), "no mask " + MaskFile(**mask).string());
        mask->reset();
      }
    }
    if (sample.dense_threshold && !sample.breast_mask) {
      listing.Add("threshold_without_breast", sample.image.string(),
                  "has a dense_threshold but no breast mask; left out");
      sample.dense_threshold.reset();
    }
    listing.images.push_back({std::move(sample), {}, std::nullopt, {}});
  }
}

using ByStem = std::map<std::string, fs::path>;

ByStem Pictures(const fs::path& folder, DatasetIndex& listing) {
  ByStem found;
  if (!fs::is_directory(folder)) return found;
  for (const auto& file : FilesBelow(folder, listing.problems)) {
    try {
      FileHead(file, 1);
    } catch (const Error& e) {
      listing.Add("unreadable_file", file.string(), e.problem() + "; left out");
      continue;
    }
    if (SniffFileKind(file) == FileKind::kUnknown) {
      listing.Add("not_an_image", file.string(), "is neither DICOM nor a picture; left out");
      continue;
    }
    const auto [earlier, is_new] = found.emplace(file.stem().string(), file);
    if (!is_new) {
      listing.Add("repeated_file", file.string(),
                  "the same stem as " + earlier->second.string() + "; the first is used");
    }
  }
  return found;
}

void ReadFolders(const fs::path& folder, DatasetIndex& listing) {
  ByStem images = Pictures(folder / "images", listing);
  if (images.empty()) {
    throw Error(ErrorCode::kNotFound, "has neither manifest.csv nor a folder images/ with pictures",
                folder.string(), "docs/datasets.md shows the layout");
  }
  ByStem masks[3] = {Pictures(folder / "breast_masks", listing),
                     Pictures(folder / "dense_masks", listing),
                     Pictures(folder / "pectoral_masks", listing)};
  for (const auto& [stem, file] : images) {
    Sample sample;
    sample.image = file;
    std::optional<fs::path>* places[3] = {&sample.breast_mask, &sample.dense_mask,
                                          &sample.pectoral_mask};
    for (int m = 0; m < 3; ++m) {
      const auto mask = masks[m].find(stem);
      if (mask == masks[m].end()) continue;
      *places[m] = mask->second;
      masks[m].erase(mask);
    }
    listing.images.push_back({std::move(sample), {}, std::nullopt, {}});
  }
  for (const auto& left : masks) {
    for (const auto& [stem, file] : left) {
      listing.Add("orphan_mask", file.string(), "no picture images/" + stem + ".*");
    }
  }
}

}  // namespace

DatasetIndex ReadGenericSet(const AdapterOptions& options) {
  DatasetIndex listing;
  for (const auto& named : options.folders) {
    if (fs::is_regular_file(named)) {
      ReadTable(named, listing);
    } else if (fs::is_regular_file(named / "manifest.csv")) {
      ReadTable(named / "manifest.csv", listing);
    } else {
      ReadFolders(fs::absolute(named).lexically_normal(), listing);
    }
  }
  std::map<std::pair<fs::path, std::string>, std::size_t> seen;  // image and reader
  std::vector<ListedImage> unique;
  for (auto& image : listing.images) {
    const auto [earlier, is_new] =
        seen.emplace(std::pair(image.sample.image, image.sample.reader), unique.size());
    if (is_new) {
      image.name = fmt::format("{:06}-{}", unique.size() + 1, image.sample.image.stem().string());
      unique.push_back(std::move(image));
      continue;
    }
    listing.Add("repeated_row", image.sample.image.string(), "is in an earlier row");
    Sample& first = unique[earlier->second].sample;
    if (first.category != image.sample.category) {
      listing.Add("label_conflict", image.sample.image.string(),
                  "two rows give two categories; left out");
      first.category.reset();
    }
  }
  listing.images = std::move(unique);
  return listing;
}

}  // namespace mhcnn
