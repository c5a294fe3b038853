#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/image/density_category.h"
#include "mhcnn/results/study_groups.h"

namespace mhcnn {

/// One breast of an exam: repeated views are averaged first, then the views. What the model does
/// not give is empty.
struct BreastResult {
  std::vector<std::string> views;  ///< views that were used: "CC", "MLO", "other", "?"
  /// Mean over the views.
  std::optional<double> percent_density;
  std::optional<double> percent_low, percent_high;        ///< means of the images' interval ends
  std::optional<double> percent_strands;                  ///< mean over the views
  std::optional<double> dense_area_cm2, breast_area_cm2;  ///< means of the views that have them
  std::array<double, 4> probabilities{};                  ///< means
  std::optional<DensityCategory> category;                ///< most probable category
  std::vector<std::string> paths;                         ///< paths of the images that were used
  bool only_special = false;                              ///< whether there is no standard view
};

/// One exam.
struct StudyResult {
  /// Name of the exam (StudyKey).
  std::string study;
  /// Patient ID; "" if no file states it.
  std::string patient_id;
  /// Numbers of files of the exam, of those in the averages, and of those that were not measurable.
  int images = 0, used = 0, failed = 0;
  /// The breasts, and views of unknown side; empty if there are none.
  std::optional<BreastResult> left, right, unknown_side;
  std::vector<std::string> missing;       ///< missing views of L-CC, L-MLO, R-CC and R-MLO
  std::optional<double> percent_density;  ///< mean of the breasts
  /// Means of the breasts' interval ends: right for parts whose errors are alike, as those of a
  /// woman's views mostly are; wider than needed if they are not. Empty without a calibration.
  std::optional<double> percent_low, percent_high;
  std::optional<double> percent_strands;    ///< mean of the breasts (Result::percent_strands)
  std::optional<double> left_right;         ///< left minus right, percent points
  std::optional<double> view_difference;    ///< larger CC - MLO of the breasts, percent points
  std::optional<DensityCategory> category;  ///< category of the denser breast
  std::array<double, 4> probabilities{};    ///< probabilities of that breast
  std::vector<std::string> flags;           ///< flags of docs/flags.md
  std::string error;                        ///< reason, if no image could be used
  /// Model that the exam was measured with.
  std::string model;
  std::vector<std::string> objects;  ///< files of result objects written (docs/results.md)
  std::string objects_error;         ///< reason why requested ones were not written
};

/// Percent points: larger differences of views raise "views_disagree", of breasts "breasts_differ".
inline constexpr double kViewsDisagreeAbove = 10, kBreastsDifferAbove = 10;

/// Groups results by exam (GroupStudies), in the order of the exams' names.
///
/// Per breast the views are averaged; the exam's percent is the mean of its breasts, and the denser
/// breast (by category, then by percent) decides its category, as in BI-RADS. Spot, magnification,
/// modified and partial views are left out of the averages if the breast has a standard view
/// ("special_views_left_out"), and are used if it has none ("only_special_views"). If there are
/// views with the implant displaced, they are the standard ones: in the others it covers tissue. A
/// converted raw image is left out if the same view was read for presentation too.
std::vector<StudyResult> MakeStudies(const std::vector<Result>& results, StudyBy by);

/// The breasts that an exam's figures are of. None: nothing was measured, or breasts of unknown
/// side are among them.
enum class ExamSide { kNone, kLeft, kRight, kBoth };
/// Returns the side of an exam's figures.
ExamSide FindExamSide(const StudyResult& study);

/// Returns the columns of studies.csv, in order: docs/results.md.
const std::vector<std::string>& StudyColumns();
/// Returns the header line and a line for each exam (RFC 4180).
std::string StudiesCsv(const std::vector<StudyResult>& studies);
/// Returns one line of studies.csv.
std::string StudyCsvLine(const StudyResult& study);
/// Returns an exam as it is in results.json.
nlohmann::json StudyToJson(const StudyResult& study);

}  // namespace mhcnn
