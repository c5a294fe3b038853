#include <fmt/format.h>

#include "mhcnn/data/adapters.h"
#include "mhcnn/data/generic_folders.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/data/repeated_rows.h"

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
      if (*mask && !fs::exists(StripMaskLabels(**mask))) {
        listing.Add("orphan_row", path.string(), "no mask " + StripMaskLabels(**mask).string());
        mask->reset();
      }
    }
    listing.images.push_back({std::move(sample), {}, std::nullopt, {}});
  }
}

void DropThresholdsWithoutBreast(DatasetIndex& listing) {
  for (auto& [sample, name, contour, labels] : listing.images) {
    if (!sample.dense_threshold || sample.breast_mask) continue;
    listing.Add("threshold_without_breast", sample.image.string(),
                "has a dense_threshold but no breast mask; left out");
    sample.dense_threshold.reset();
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
      ReadGenericFolders(fs::absolute(named).lexically_normal(), listing);
    }
  }
  JoinRepeatedRows(listing);
  DropThresholdsWithoutBreast(listing);
  for (std::size_t i = 0; i < listing.images.size(); ++i) {
    auto& image = listing.images[i];
    image.name = fmt::format("{:06}-{}", i + 1, image.sample.image.stem().string());
  }
  return listing;
}

}  // namespace mhcnn
