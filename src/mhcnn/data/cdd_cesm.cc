#include <algorithm>
#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/set_files.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// P102_R_DM_MLO: patient, side, kind (DM low energy, CM subtracted), view.
struct ImageName {
  std::string patient, side, kind, view;
};

std::optional<ImageName> ParseName(const std::string& stem) {
  std::vector<std::string> parts{""};
  for (const char c : stem) {
    if (c == '_') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() != 4 || (ToLower(parts[2]) != "dm" && ToLower(parts[2]) != "cm"))
    return std::nullopt;
  return ImageName{parts[0], parts[1], ToLower(parts[2]), parts[3]};
}

bool IsPicture(const fs::path& file) {
  static const std::set<std::string> endings = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dcm"};
  return endings.contains(ToLower(file.extension().string()));
}

/// "images/P1_L_DM_CC.jpg", "P1_L_DM_CC " -> "p1_l_dm_cc".
std::string MakeImageKey(const std::string& name) {
  const fs::path file = fs::path(Trim(name)).filename();
  return ToLower((IsPicture(file) ? file.stem() : file).string());
}

/// The authors' workbook, the same saved as CSV, or labels.csv of a smaller copy.
std::optional<fs::path> FindTable(const std::vector<fs::path>& files) {
  for (const char* name :
       {"Radiology-manual-annotations.xlsx", "Radiology_manual_annotations.xlsx",
        "Radiology-manual-annotations.csv", "Radiology_manual_annotations.csv", "labels.csv"}) {
    if (auto found = FindNamed(files, name)) return found;
  }
  return std::nullopt;
}

/// The first of the names that the table has as a column.
std::string FindColumn(const Table& table, const fs::path& path,
                       const std::vector<std::string>& names) {
  for (const auto& name : names) {
    if (std::ranges::find(table.columns(), name) != table.columns().end()) return name;
  }
  throw Error(ErrorCode::kUsage, "has no column '" + names.front() + "'", path.string(),
              "give the table as the set's authors published it");
}

}  // namespace

DatasetIndex ReadCddCesm(const AdapterOptions& options) {
  DatasetIndex listing;
  std::vector<fs::path> files;
  for (const auto& folder : options.folders) {
    const auto more = ListFilesRecursively(folder, listing.problems);
    files.insert(files.end(), more.begin(), more.end());
  }
  const auto path = FindTable(files);
  if (!path) {
    throw Error(ErrorCode::kNotFound, "contains no Radiology-manual-annotations.xlsx or .csv",
                options.folders.front().string(),
                "put the annotations of CDD-CESM (TCIA) into that folder");
  }
  std::map<std::string, fs::path> images;  // key -> file, low energy only
  for (const auto& file : files) {
    if (!IsPicture(file)) continue;
    const auto name = ParseName(file.stem().string());
    if (!name || name->kind != "dm") continue;
    const auto [place, is_new] = images.emplace(MakeImageKey(file.filename().string()), file);
    if (!is_new) {
      listing.Add("repeated_file", file.string(),
                  "the same name as " + place->second.string() + "; the first is used");
    }
  }

  const Table table(*path, {}, listing.problems);
  const std::string image = FindColumn(table, *path, {"image_name", "image"}),
                    density = FindColumn(table, *path, {"breast_density_(acr)", "acr"});
  std::map<std::string, std::size_t> listed;  // key -> place in listing.images
  std::set<std::string> known;
  for (const auto& row : table.rows()) {
    const std::string key = MakeImageKey(row[image]), subject = table.Subject(row);
    if (key.empty()) continue;
    const auto name = ParseName(key);
    if (!name) {
      listing.Add("bad_name", subject, "'" + row[image] + "' is not named P1_L_DM_CC; left out");
      continue;
    }
    if (name->kind != "dm") continue;  // subtracted images are no mammograms
    known.insert(key);
    const auto file = images.find(key);
    if (file == images.end()) {
      listing.Add("orphan_row", subject, "no file " + row[image] + " below the folder");
      continue;
    }
    LabelParser words(listing, subject);
    const std::string said = row[density];
    const auto category = words.Category(said == "_" || said == "-" ? "" : said);
    if (const auto earlier = listed.find(key); earlier != listed.end()) {
      // A row for each finding of an image.
      auto& first = listing.images[earlier->second].sample.category;
      if (!CheckSameLabel(listing, subject, "breast density", ToLetter(first), ToLetter(category)))
        first.reset();
      continue;
    }
    const auto of_file = ParseName(file->second.stem().string());
    Sample sample;
    sample.image = file->second;
    sample.patient_id = of_file->patient;
    sample.laterality = words.Side(of_file->side);
    sample.view = words.ParseViewLabel(of_file->view);
    sample.category = category;
    listed[key] = listing.images.size();
    listing.images.push_back({sample, file->second.stem().string(), std::nullopt, {}});
  }
  for (const auto& [key, file] : images) {
    if (!known.contains(key))
      listing.Add("orphan_image", file.string(), "has no row in " + path->string());
  }
  return listing;
}

}  // namespace mhcnn
