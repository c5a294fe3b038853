#include "mhcnn/data/behravan_masks.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "mhcnn/base/error.h"
#include "mhcnn/data/set_files.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

struct MaskFiles {
  std::optional<fs::path> breast, dense;
  std::optional<double> percent;
  bool test = false;
};

/// The nearest folder above that names a part: train/train/dense_masks/x.jpg is of train.
std::string FindSplit(const fs::path& file) {
  for (fs::path folder = file.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    const std::string name = ToLower(folder.filename().string());
    if (name == "train" || name == "val" || name == "test") return name;
  }
  return "";
}

void Keep(std::optional<fs::path>& place, const fs::path& file, DatasetIndex& listing) {
  if (place) {
    listing.Add("repeated_file", file.string(),
                "a mask of this name was found at " + place->string() + "; the first is used");
  } else {
    place = file;
  }
}

void ReadPercentDensities(const fs::path& path, std::map<std::string, MaskFiles>& found,
                          DatasetIndex& listing) {
  const Table table(path, {"filename", "density"}, listing.problems);
  for (const auto& row : table.rows()) {
    const std::string stem = fs::path(row["filename"]).stem().string(), text = row["density"];
    double percent = -1;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (parsed.ptr != text.data() + text.size() || !(percent >= 0 && percent <= 100)) {
      listing.Add("unknown_value", table.Subject(row),
                  fmt::format("Density '{}' is not a percent; left out", text));
      continue;
    }
    MaskFiles& mask = found[stem];
    if (mask.percent && *mask.percent != percent) {
      listing.Add("label_conflict", table.Subject(row),
                  fmt::format("Density is {} here and {} in an earlier row; the first is used",
                              percent, *mask.percent));
    } else {
      mask.percent = percent;
    }
  }
}

}  // namespace

void AddBehravanMasks(const fs::path& folder, DatasetIndex& listing) {
  std::map<std::string, MaskFiles> found;
  bool any = false;
  for (const auto& file : ListFilesRecursively(folder, listing.problems)) {
    const std::string kind = ToLower(file.parent_path().filename().string());
    const bool breast = kind == "breast_masks" || kind == "breast_mask";
    const bool dense = kind == "dense_masks" || kind == "dense_mask";
    if ((breast || dense) && HasImageExtension(file)) {
      any = true;
      MaskFiles& mask = found[file.stem().string()];
      Keep(breast ? mask.breast : mask.dense, file, listing);
      mask.test = mask.test || FindSplit(file) == "test";
    } else if (ToLower(file.filename().string()) == "train.csv") {
      ReadPercentDensities(file, found, listing);
    } else if (ToLower(file.filename().string()) == "test.csv") {
      const Table table(file, {"filename"}, listing.problems);
      for (const auto& row : table.rows()) {
        found[fs::path(row["filename"]).stem().string()].test = true;
      }
    }
  }
  if (!any) {
    throw Error(ErrorCode::kNotFound,
                "contains no folder breast_masks, dense_masks, breast_mask or "
                "dense_mask with pictures",
                folder.string(), "unpack the masks there, or leave --masks out");
  }
  for (auto& image : listing.images) {
    const auto mask = found.find(image.name);
    if (mask == found.end()) continue;
    image.sample.breast_mask = mask->second.breast;
    image.sample.dense_mask = mask->second.dense;
    image.sample.percent_density = mask->second.percent;
    if (mask->second.test) image.sample.split = "test";
    if (!mask->second.breast != !mask->second.dense) {
      listing.Add("half_masked", image.sample.image.string(),
                  mask->second.breast ? "has a breast mask and no dense mask"
                                      : "has a dense mask and no breast mask");
    }
    found.erase(mask);
  }
  for (const auto& [name, mask] : found) {
    if (!mask.breast && !mask.dense) {
      listing.Add("orphan_row", folder.string(), "a percent for " + name + ", which is not listed");
    } else {
      listing.Add("orphan_mask", (mask.dense ? *mask.dense : *mask.breast).string(),
                  "no image of VinDr-Mammo with this name is listed");
    }
  }
}

}  // namespace mhcnn
