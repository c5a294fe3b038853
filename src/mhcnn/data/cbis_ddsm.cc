#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mhcnn/base/error.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/set_files.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Files of the download by the folders above them, to find "Mass-Training_P_00001_LEFT_CC" or a
/// series UID whatever stands before and after it.
class Tree {
 public:
  explicit Tree(const std::vector<fs::path>& files) {
    for (const auto& file : files) {
      if (ToLower(file.extension().string()) != ".dcm") continue;
      for (const auto& part : file.parent_path()) by_folder_[part.string()].push_back(file);
    }
  }
  const std::vector<fs::path>& In(const std::string& folder) const {
    static const std::vector<fs::path> none;
    const auto found = by_folder_.find(folder);
    return found == by_folder_.end() ? none : found->second;
  }
  /// Top folders of whole mammograms, e.g. Calc-Test_P_00038_LEFT_CC; those of lesions end in _1.
  std::vector<std::string> Mammograms() const {
    std::vector<std::string> names;
    for (const auto& [name, files] : by_folder_) {
      const bool set = name.starts_with("Mass-T") || name.starts_with("Calc-T");
      if (set && (name.ends_with("_CC") || name.ends_with("_MLO"))) names.push_back(name);
    }
    return names;
  }

 private:
  std::map<std::string, std::vector<fs::path>> by_folder_;
};

/// The CSV's path names top/study/series/000000.dcm. The Data Retriever's "classic" folders keep
/// these UIDs, with 000000.dcm or 1-1.dcm in them; "descriptive" ones keep the top folder only.
std::vector<fs::path> Candidates(const Tree& tree, const fs::path& stated) {
  const std::string top = stated.begin()->string();
  const std::string series = stated.parent_path().filename().string();
  std::vector<fs::path> of_top = tree.In(top), of_series;
  for (const auto& file : of_top) {
    const auto ends = file.string().ends_with("/" + stated.string());
    if (ends) return {file};
    if (file.parent_path().filename() == series) of_series.push_back(file);
  }
  if (!of_series.empty()) return of_series;
  return of_top.empty() ? tree.In(series) : of_top;
}

struct Found {
  std::size_t place;
  std::string density, subject;
  bool conflict = false;
};

class Reader {
 public:
  explicit Reader(const std::vector<fs::path>& files) : tree_(files) {}

  void ReadTable(const fs::path& path) {
    const std::string name = ToLower(path.filename().string());
    const std::string part = name.find("_test_") != std::string::npos ? "test" : "train";
    // The calc files say "breast density", the mass files "breast_density": Table joins them.
    const Table table(
        path,
        {"patient_id", "breast_density", "left_or_right_breast", "image_view", "image_file_path"},
        listing_.problems);
    for (const auto& row : table.rows()) ReadRow(table, row, part);
  }

  DatasetIndex Finish() {
    for (const auto& top : tree_.Mammograms()) {
      if (!tops_.contains(top)) {
        listing_.Add("orphan_image", tree_.In(top).front().string(),
                     "no row of the tables names " + top);
      }
    }
    return std::move(listing_);
  }

 private:
  void ReadRow(const Table& table, const Table::Row& row, const std::string& part) {
    const std::string stated = row["image_file_path"], subject = table.Subject(row);
    if (stated.empty()) {
      listing_.Add("bad_row", subject, "image file path is blank");
      return;
    }
    const std::string top = fs::path(stated).begin()->string();
    tops_.insert({top, true});
    if (const auto known = known_.find(top); known != known_.end()) {
      Again(known->second, subject, row["breast_density"]);
      return;
    }
    const auto files = Candidates(tree_, stated);
    Found found{listing_.images.size(), row["breast_density"], subject};
    if (files.size() != 1) {
      if (files.empty()) {
        listing_.Add("orphan_row", subject, "no file for " + stated);
      } else {
        listing_.Add("ambiguous_file", subject,
                     fmt::format("{} files match {}; left out", files.size(), stated));
      }
      found.place = kNone;
    } else {
      LabelParser words(listing_, subject);
      Sample sample;
      sample.image = files.front();
      sample.patient_id = row["patient_id"];
      sample.laterality = words.Side(row["left_or_right_breast"]);
      sample.view = words.ParseViewLabel(row["image_view"]);
      sample.category = words.Category(row["breast_density"]);
      sample.split = part;
      listing_.images.push_back({sample, top, std::nullopt, {}});
    }
    known_.emplace(top, found);
  }

  /// One row per abnormality: later rows of an image must say the same.
  void Again(Found& first, const std::string& subject, const std::string& density) {
    if (first.place == kNone || first.conflict) return;
    if (CheckSameLabel(listing_, subject + " and " + first.subject, "breast density", first.density,
                       density)) {
      return;
    }
    first.conflict = true;
    listing_.images[first.place].sample.category.reset();
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const Tree tree_;
  DatasetIndex listing_;
  std::map<std::string, Found> known_;
  std::map<std::string, bool> tops_;
};

}  // namespace

DatasetIndex ReadCbisDdsm(const AdapterOptions& options) {
  std::vector<fs::path> files;
  DatasetIndex missing;
  for (const auto& folder : options.folders) {
    const auto more = ListFilesRecursively(folder, missing.problems);
    files.insert(files.end(), more.begin(), more.end());
  }
  Reader reader(files);
  int tables = 0;
  for (const char* kind : {"mass", "calc"}) {
    for (const char* part : {"train", "test"}) {
      const std::string name = fmt::format("{}_case_description_{}_set.csv", kind, part);
      if (const auto path = FindNamed(files, name)) {
        reader.ReadTable(*path);
        ++tables;
      } else {
        missing.Add("missing_table", name, "is not there; its images are not in the manifest");
      }
    }
  }
  if (tables == 0) {
    throw Error(ErrorCode::kNotFound,
                "contains no {mass,calc}_case_description_{train,test}_set.csv",
                options.folders.front().string(),
                "download the four CSVs of the collection's page into that folder");
  }
  DatasetIndex listing = reader.Finish();
  listing.problems.insert(listing.problems.end(), missing.problems.begin(), missing.problems.end());
  return listing;
}

}  // namespace mhcnn
