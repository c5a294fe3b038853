#include "mhcnn/data/repeated_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

std::string ToText(const std::string& text) { return text; }
std::string ToText(Laterality laterality) { return LateralityName(laterality); }
std::string ToText(View view) { return ViewName(view); }
std::string ToText(const std::optional<fs::path>& path) { return path ? path->string() : ""; }
std::string ToText(const std::optional<DensityCategory>& category) { return ToLetter(category); }
std::string ToText(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

/// The rows of one image and one reader.
class ImageRows {
 public:
  ImageRows(std::vector<Sample> rows, DatasetIndex& listing)
      : rows_(std::move(rows)), listing_(listing) {}

  Sample Join() {
    Sample joined = rows_.front();
    Label(joined, &Sample::breast_mask, "breast_mask");
    Label(joined, &Sample::dense_mask, "dense_mask");
    Label(joined, &Sample::pectoral_mask, "pectoral_mask");
    Label(joined, &Sample::percent_density, "percent_density");
    Label(joined, &Sample::category, "category");
    Label(joined, &Sample::study_id, "study_id");
    Label(joined, &Sample::laterality, "laterality");
    Label(joined, &Sample::view, "view");
    Label(joined, &Sample::dense_threshold, "dense_threshold");
    OneDenseLabel(joined);
    Patient(joined);
    Split(joined);
    return joined;
  }

 private:
  /// The different values of the rows that state one, in their order.
  template <typename Value>
  std::vector<Value> Stated(Value Sample::*field) const {
    std::vector<Value> stated;
    for (const Sample& row : rows_) {
      const Value& value = row.*field;
      if (value != Value{} && std::ranges::count(stated, value) == 0) stated.push_back(value);
    }
    return stated;
  }

  template <typename Value>
  void Label(Sample& joined, Value Sample::*field, const char* name) {
    const std::vector<Value> stated = Stated(field);
    joined.*field = stated.size() == 1 ? stated.front() : Value{};
    if (stated.size() > 1) Conflict("label_conflict", name, stated, "left out");
  }

  void OneDenseLabel(Sample& joined) {
    if (!joined.dense_mask || !joined.dense_threshold) return;
    joined.dense_mask.reset();
    joined.dense_threshold.reset();
    listing_.Add("label_conflict", joined.image.string(),
                 "has a dense_mask in one row and a dense_threshold in another; left out");
  }

  /// An image without a patient could be put into another split than her other images.
  void Patient(Sample& joined) {
    const auto stated = Stated(&Sample::patient_id);
    if (!stated.empty()) joined.patient_id = stated.front();
    if (stated.size() > 1) Conflict("label_conflict", "patient_id", stated, "the first is kept");
  }

  void Split(Sample& joined) {
    const auto stated = Stated(&Sample::split);
    for (const char* split : {"train", "val", "test"}) {
      if (std::ranges::count(stated, split) > 0) joined.split = split;
    }
    if (stated.size() > 1) {
      Conflict("leak", "split", stated, ("the image is now in " + joined.split).c_str());
    }
  }

  template <typename Value>
  void Conflict(const char* kind, const char* name, const std::vector<Value>& stated,
                const char* outcome) {
    listing_.Add(kind, rows_.front().image.string(),
                 fmt::format("{} is '{}' in one row and '{}' in another; {}", name,
                             ToText(stated[0]), ToText(stated[1]), outcome));
  }

  const std::vector<Sample> rows_;
  DatasetIndex& listing_;
};

}  // namespace

void JoinRepeatedRows(DatasetIndex& listing) {
  std::map<std::pair<fs::path, std::string>, std::size_t> first;  // image and reader
  std::vector<std::vector<Sample>> rows_of;
  std::vector<ListedImage> images;
  for (auto& image : listing.images) {
    const auto [earlier, is_new] =
        first.emplace(std::pair(image.sample.image, image.sample.reader), images.size());
    if (is_new) {
      rows_of.push_back({image.sample});
      images.push_back(std::move(image));
    } else {
      rows_of[earlier->second].push_back(std::move(image.sample));
    }
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::size_t count = rows_of[i].size();
    if (count == 1) continue;
    listing.Add("repeated_row", images[i].sample.image.string(),
                fmt::format("is in {} rows, which are joined to one", count));
    images[i].sample = ImageRows(std::move(rows_of[i]), listing).Join();
  }
  listing.images = std::move(images);
}

}  // namespace mhcnn
