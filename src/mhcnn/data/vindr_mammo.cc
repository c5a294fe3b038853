#include <fmt/format.h>

#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/behravan_masks.h"
#include "mhcnn/data/set_files.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kColumns = {"study_id",      "image_id",       "laterality",
                                           "view_position", "breast_density", "split"};

}  // namespace

DatasetIndex ReadVindrMammo(const AdapterOptions& options) {
  DatasetIndex listing;
  std::optional<fs::path> annotations;
  std::map<std::string, fs::path> images;  // image_id -> file
  for (const auto& folder : options.folders) {
    const auto files = ListFilesRecursively(folder, listing.problems);
    if (!annotations) annotations = FindNamed(files, "breast-level_annotations.csv");
    for (const auto& file : files) {
      const std::string extension = ToLower(file.extension().string());
      if (extension != ".dicom" && extension != ".dcm") continue;
      const auto [place, is_new] = images.emplace(file.stem().string(), file);
      if (!is_new) {
        listing.Add("repeated_file", file.string(),
                    "the same image_id as " + place->second.string() + "; the first is used");
      }
    }
  }
  if (!annotations) {
    throw Error(ErrorCode::kNotFound, "contains no breast-level_annotations.csv",
                options.folders.front().string(),
                "name the folder that PhysioNet's download made; several folders may be named");
  }

  std::map<std::string, std::size_t> listed;
  std::set<std::string> known;
  const Table table(*annotations, kColumns, listing.problems);
  for (const auto& row : table.rows()) {
    const std::string id = row["image_id"], subject = table.Subject(row);
    LabelParser words(listing, subject);
    Sample sample;
    sample.study_id = row["study_id"];
    sample.patient_id = sample.study_id;  // the release states no patient; one study is one woman
    sample.laterality = words.Side(row["laterality"]);
    sample.view = words.ParseViewLabel(row["view_position"]);
    sample.category = words.Category(row["breast_density"], "DENSITY");
    sample.split = words.Split(row["split"]);
    if (!known.insert(id).second) {
      listing.Add("repeated_row", subject, "image_id " + id + " is in an earlier row");
      const auto earlier = listed.find(id);
      if (earlier == listed.end()) continue;
      Sample& first = listing.images[earlier->second].sample;
      if (!CheckSameLabel(listing, subject, "category", ToLetter(first.category),
                          ToLetter(sample.category))) {
        first.category.reset();
      }
      continue;
    }
    const auto file = images.find(id);
    if (file == images.end()) {
      listing.Add("orphan_row", subject, "no file " + id + ".dicom below the folders");
      continue;
    }
    sample.image = file->second;
    if (file->second.parent_path().filename() != sample.study_id) {
      listing.Add("misplaced_file", file->second.string(),
                  "does not lie in the folder of its study " + sample.study_id);
    }
    listed[id] = listing.images.size();
    listing.images.push_back({sample, id, std::nullopt, {}});
  }
  for (const auto& [id, file] : images) {
    if (!known.contains(id)) {
      listing.Add("orphan_image", file.string(), "has no row in " + annotations->string());
    }
  }
  if (options.masks) AddBehravanMasks(*options.masks, listing);
  return listing;
}

}  // namespace mhcnn
