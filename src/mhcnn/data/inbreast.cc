#include <fmt/format.h>

#include <map>
#include <regex>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/set_files.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Facts of a file name: 22678622_61b13c59bcba149d_MG_R_CC_ANON.dcm.
struct NamedFile {
  fs::path path;
  std::string patient, side, view;
};

struct Files {
  std::map<std::string, NamedFile> images;  // by the number before the first underscore
  std::map<std::string, fs::path> pectorals;
};

Files Sort(const std::vector<fs::path>& files, DatasetIndex& listing) {
  static const std::regex name(R"((\d+)_([0-9a-zA-Z]+)_MG_([LR])_([A-Z]+)_ANON)");
  Files sorted;
  for (const auto& file : files) {
    const std::string stem = file.stem().string(), extension = ToLower(file.extension().string());
    if (extension == ".dcm") {
      std::smatch parts;
      if (!std::regex_match(stem, parts, name)) {
        listing.Add("bad_name", file.string(),
                    "is not named <number>_<patient>_MG_<L|R>_<view>_ANON.dcm; left out");
        continue;
      }
      const auto [place, is_new] =
          sorted.images.emplace(parts[1], NamedFile{file, parts[2], parts[3], parts[4]});
      if (!is_new) {
        listing.Add("repeated_file", file.string(),
                    "the same number as " + place->second.path.string() + "; the first is used");
      }
    } else if (extension == ".xml" &&
               ToLower(file.parent_path().string()).find("pectoral") != std::string::npos) {
      // Beside them AllXML/ holds lesions, which are no density masks.
      sorted.pectorals.emplace(stem.substr(0, stem.find('_')), file);
    }
  }
  return sorted;
}

}  // namespace

DatasetIndex ReadInbreast(const AdapterOptions& options) {
  DatasetIndex listing;
  std::vector<fs::path> files;
  for (const auto& folder : options.folders) {
    const auto more = ListFilesRecursively(folder, listing.problems);
    files.insert(files.end(), more.begin(), more.end());
  }
  const auto path = FindNamed(files, "INbreast.csv");
  if (!path) {
    throw Error(ErrorCode::kNotFound, "contains no INbreast.csv", options.folders.front().string(),
                "if only INbreast.xls exists, save it as CSV with semicolons");
  }
  const Files sorted = Sort(files, listing);
  const Table table(*path, {"laterality", "view", "file_name", "acr", "bi-rads"}, listing.problems);
  std::set<std::string> known;
  for (const auto& row : table.rows()) {
    const std::string number = row["file_name"], subject = table.Subject(row);
    if (number.empty()) continue;  // the sheet ends in a line of counts
    if (!known.insert(number).second) {
      listing.Add("repeated_row", subject, "File Name " + number + " is in an earlier row");
      continue;
    }
    const auto file = sorted.images.find(number);
    if (file == sorted.images.end()) {
      listing.Add("orphan_row", subject, "no file " + number + "_*.dcm below the folders");
      continue;
    }
    LabelParser words(listing, subject);
    Sample sample;
    sample.image = file->second.path;
    sample.patient_id = file->second.patient;  // the table says "removed" for every woman
    sample.laterality = words.Side(row["laterality"]);
    sample.view = words.ParseViewLabel(row["view"], true);
    sample.category = words.Category(row["acr"]);
    LabelParser name(listing, sample.image.filename().string());
    if (name.Side(file->second.side) != sample.laterality ||
        name.ParseViewLabel(file->second.view, true) != sample.view) {
      listing.Add(
          "label_conflict", subject,
          fmt::format("the table states {} {}, the file name states {} {}; the table is used",
                      row["laterality"], row["view"], file->second.side, file->second.view));
    }
    ListedImage image{sample, number, std::nullopt, {{"bi_rads", row["bi-rads"]}}};
    if (const auto contour = sorted.pectorals.find(number); contour != sorted.pectorals.end()) {
      image.pectoral_contour = contour->second;
    }
    listing.images.push_back(std::move(image));
  }
  for (const auto& [number, file] : sorted.images) {
    if (!known.contains(number)) {
      listing.Add("orphan_image", file.path.string(), "has no row in " + path->string());
    }
  }
  for (const auto& [number, file] : sorted.pectorals) {
    if (!known.contains(number)) {
      listing.Add("orphan_mask", file.string(), "no row of the table has the number " + number);
    }
  }
  return listing;
}

}  // namespace mhcnn
