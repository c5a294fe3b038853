#include <fmt/format.h>

#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/set_files.h"

namespace mhcnn {
namespace fs = std::filesystem;

DatasetIndex ReadDdsmFgt(const AdapterOptions& options) {
  DatasetIndex listing;
  for (const auto& folder : options.folders) {
    const fs::path images = folder / "images", labels = folder / "labels";
    if (!fs::is_directory(images) || !fs::is_directory(labels)) {
      throw Error(ErrorCode::kNotFound, "has no folders images/ and labels/", folder.string(),
                  "name the folder that contains both");
    }
    std::set<std::string> left;
    for (const auto& label : ListFilesRecursively(labels, listing.problems))
      left.insert(label.filename().string());
    for (const auto& image : ListFilesRecursively(images, listing.problems)) {
      if (ToLower(image.extension().string()) != ".png") continue;
      // A_0002_1.RIGHT_MLO.png: case, then side and view. The first letter is no density class.
      const std::string name = image.stem().string();
      const std::string label = name + "_LI.png";
      if (left.erase(label) == 0) {
        listing.Add("orphan_image", image.string(), "has no tissue map labels/" + label);
        continue;
      }
      const auto dot = name.find('.'), underscore = name.rfind('_');
      if (dot == std::string::npos || underscore == std::string::npos || underscore < dot) {
        listing.Add("bad_name", image.string(), "is not named <case>.<SIDE>_<VIEW>.png; left out");
        continue;
      }
      LabelParser words(listing, image.filename().string());
      Sample sample;
      sample.image = image;
      sample.patient_id = name.substr(0, dot);
      sample.laterality = words.Side(name.substr(dot + 1, underscore - dot - 1));
      sample.view = words.ParseViewLabel(name.substr(underscore + 1));
      const std::string map = (fs::absolute(labels) / label).lexically_normal().string();
      sample.breast_mask = map + "#128|192";
      sample.dense_mask = map + "#192";
      sample.pectoral_mask = map + "#255";
      listing.images.push_back({sample, name, std::nullopt, {}});
    }
    for (const auto& label : left) {
      listing.Add("orphan_mask", (labels / label).string(), "has no picture in images/");
    }
  }
  return listing;
}

}  // namespace mhcnn
