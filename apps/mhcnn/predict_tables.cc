#include "predict_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mhcnn/base/text.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn::cli {
namespace {

constexpr std::size_t kTableRows = 40;  // more than a screen is of no use; results.csv has them all

std::string OneDecimal(const std::optional<double>& value) {
  return value ? fmt::format("{:.1f}", *value) : "";
}

std::string Letter(const std::optional<DensityCategory>& category) {
  return category ? ToLetter(*category) : "-";
}

}  // namespace

std::string Shortened(const std::string& name) { return TruncateFront(ToDisplayText(name), 44); }

void BatchSummary::Add(const Result& result) {
  if (++files <= kTableRows) rows.push_back(result);
  failed += !result.ok();
  flagged += result.ok() && !result.flags.empty();
  scaled = scaled || result.percent_uncalibrated.has_value();
}

void BatchSummary::Add(const StudyResult& study) {
  ++exam_count;
  if (study.images > 1 && ++of_several <= kTableRows) exams.push_back(study);
  ++categories[study.category ? static_cast<std::size_t>(*study.category) : 4];
  objects += study.objects.size();
  with_objects += !study.objects.empty();
  without_objects += study.objects.empty() && !study.objects_error.empty();
  if (!study.objects_error.empty())
    object_errors.push_back(Shortened(study.study) + ": " + study.objects_error);
}

void PrintTable(const BatchSummary& summary) {
  fmt::print("{:<44} {:>4} {:>4} {:>8} {:>13} {:>9} {:>4}  {}\n", "file", "side", "view", "percent",
             "interval", "dense cm2", "cat", "flags or error");
  for (const Result& r : summary.rows) {
    const std::string name = Shortened(r.metadata.path);
    if (!r.ok()) {
      fmt::print("{:<44} {:>4} {:>4} {:>8} {:>13} {:>9} {:>4}  {}\n", name, "", "", "-", "", "",
                 "-", ToDisplayText(r.error));
      continue;
    }
    const std::string interval =
        r.percent_low ? fmt::format("{:.1f} to {:.1f}", *r.percent_low, *r.percent_high) : "";
    fmt::print("{:<44} {:>4} {:>4} {:>8} {:>13} {:>9} {:>4}  {}\n", name,
               LateralityName(r.metadata.laterality), ViewName(r.metadata.view),
               OneDecimal(r.percent_density), interval, OneDecimal(r.dense_area_cm2),
               Letter(r.category), fmt::join(r.flags, ";"));
  }
  if (summary.files > kTableRows) fmt::print("... and {} more\n", summary.files - kTableRows);
}

void PrintStudies(const BatchSummary& summary) {
  if (summary.exams.empty()) return;
  fmt::print("{:<44} {:>6} {:>7} {:>6} {:>6} {:>4}  {}\n", "exam", "images", "percent", "left",
             "right", "cat", "missing views, flags or error");
  const auto percent = [](const auto& breast) {
    return breast ? OneDecimal(breast->percent_density) : std::string();
  };
  for (const StudyResult& s : summary.exams) {
    std::vector<std::string> remarks;
    if (!s.missing.empty()) remarks.push_back(fmt::format("no {}", fmt::join(s.missing, ",")));
    remarks.insert(remarks.end(), s.flags.begin(), s.flags.end());
    if (!s.error.empty()) remarks = {ToDisplayText(s.error)};
    fmt::print("{:<44} {:>6} {:>7} {:>6} {:>6} {:>4}  {}\n", Shortened(s.study), s.images,
               s.percent_density ? OneDecimal(s.percent_density) : "-", percent(s.left),
               percent(s.right), Letter(s.category), fmt::join(remarks, ";"));
  }
  if (summary.of_several > kTableRows)
    fmt::print("... and {} more\n", summary.of_several - kTableRows);
}

void PrintStages(const StageSeconds& s) {
  const double all = s.read + s.prepare + s.network + s.measure + s.write;
  if (all <= 0) return;
  const auto fraction = [&](double part) { return 100 * part / all; };
  fmt::print(
      "time: {:.0f} % reading, {:.0f} % preprocessing, {:.0f} % network, {:.0f} % masks and "
      "measurements, {:.0f} % drawing and writing images\n",
      fraction(s.read), fraction(s.prepare), fraction(s.network), fraction(s.measure),
      fraction(s.write));
}

void PrintCategories(const BatchSummary& summary) {
  const auto& of = summary.categories;
  fmt::print("{} exams: {} a, {} b, {} c, {} d, {} without a category\n", summary.exam_count, of[0],
             of[1], of[2], of[3], of[4]);
}

}  // namespace mhcnn::cli
