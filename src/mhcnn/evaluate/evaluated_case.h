#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/dense_thresholds.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"
#include "mhcnn/stats/segmentation.h"

namespace mhcnn {

/// What is scored by itself. Breast is without the pectoral muscle, adipose is breast AND NOT
/// dense.
enum class Tissue { kBreast, kDense, kAdipose, kPectoral };
/// All tissues, in the order of the enumeration.
inline constexpr std::array kTissues = {Tissue::kBreast, Tissue::kDense, Tissue::kAdipose,
                                        Tissue::kPectoral};
const char* TissueName(Tissue tissue);  ///< "breast", "dense", "adipose", "pectoral"

/// One predicted mask beside the true one, at the picture's own size.
struct MaskScore {
  /// Pixels by what each mask says of them.
  OverlapCounts counts;
  /// In the case's unit of distance; empty where one of the masks is.
  std::optional<double> hausdorff95;
  std::optional<double> surface_dice;  ///< at the tolerance of the evaluation; empty likewise

  /// Compares all fields.
  friend bool operator==(const MaskScore&, const MaskScore&) = default;
};

/// One image of a labelled set: its truth beside a method's prediction. What the truth lacks or the
/// method does not give is empty.
struct EvaluatedCase {
  std::string path;        ///< absolute: what tells one image from another
  std::string patient_id;  ///< empty where it is not known: a patient of its own
  std::string study;       ///< tells the exams of a patient apart; empty where it is not known
  std::string method;      ///< name and version of the model, or the baseline
  std::string error;       ///< why it was not measured; empty where it was
  /// Side of the breast.
  Laterality laterality = Laterality::kUnknown;
  /// Projection.
  View view = View::kUnknown;
  std::vector<std::string> flags;  ///< of the file's header (docs/flags.md)
  std::string vendor;              ///< Manufacturer of the DICOM header
  std::optional<int> age_years;    ///< Patient's Age of the DICOM header
  bool in_mm = false;  ///< distances are millimetres (the file has a spacing), else pixels

  std::array<std::optional<MaskScore>, kTissues.size()> masks;  ///< by Tissue
  /// Mean Dice of adipose, dense and pectoral (those of them that are defined), where each pixel
  /// has one class: pectoral, else dense within breast, else breast, else background.
  std::optional<double> tissue_dice;
  std::optional<double> true_percent;  ///< stated by the manifest, else computed from its masks
  std::optional<double> percent_of_true_masks;  ///< where the manifest states another percent too
  std::optional<double> percent;                ///< from the predicted masks
  /// The same by the threshold of dense tissue.
  std::optional<PercentsByThreshold> percents_by_threshold;
  std::optional<double> regression;               ///< from the regression head
  std::optional<double> otsu_dice, otsu_percent;  ///< baseline: Otsu within the TRUE breast
  /// The reader's and the model's category; empty where there is none.
  std::optional<DensityCategory> true_category, category;
  /// The model's probabilities of a to d.
  std::optional<std::array<double, 4>> probabilities;
  /// Categories that the calibrated range contains; empty without a calibration.
  std::optional<CategoryRange> category_range;

  /// Returns whether the method measured the image.
  bool measured() const { return error.empty(); }
  /// Returns the score of a mask.
  const std::optional<MaskScore>& score(Tissue tissue) const {
    return masks[static_cast<std::size_t>(tissue)];
  }
  /// Returns the score of a mask, to be set.
  std::optional<MaskScore>& score(Tissue tissue) { return masks[static_cast<std::size_t>(tissue)]; }
  /// Undefined where the case has no such masks, or both are empty.
  Statistic dice(Tissue tissue) const;

  /// Compares all fields.
  friend bool operator==(const EvaluatedCase&, const EvaluatedCase&) = default;
};

/// The form in which evaluations exchange cases (docs/evaluation.md), and back. Throws
/// Error(kCorrupt) naming the field that is missing or wrong.
nlohmann::json CaseToJson(const EvaluatedCase& evaluated);
/// Reads what CaseToJson wrote.
EvaluatedCase CaseFromJson(const nlohmann::json& json);

/// Throws Error(kUsage) naming an image that occurs twice.
void CheckEachOnce(const std::vector<EvaluatedCase>& cases);

}  // namespace mhcnn
