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

/// Tissues that are scored separately. Breast is without the pectoral muscle, adipose is breast AND
/// NOT dense.
enum class Tissue { kBreast, kDense, kAdipose, kPectoral };
/// All tissues, in the order of the enumeration.
inline constexpr std::array kTissues = {Tissue::kBreast, Tissue::kDense, Tissue::kAdipose,
                                        Tissue::kPectoral};
const char* TissueName(Tissue tissue);  ///< "breast", "dense", "adipose", "pectoral"

/// Score of a predicted mask against the true one, at the image's own size.
struct MaskScore {
  /// Numbers of pixels by the values of both masks.
  OverlapCounts counts;
  /// 95 % Hausdorff distance in the case's unit of distance; empty if one of the masks is empty.
  std::optional<double> hausdorff95;
  std::optional<double> surface_dice;  ///< at the tolerance of the evaluation; empty likewise

  /// Compares all fields.
  friend bool operator==(const MaskScore&, const MaskScore&) = default;
};

/// One image of a labelled set: its truth and a method's prediction. Facts that the truth does not
/// have or the method does not give are empty.
struct EvaluatedCase {
  std::string path;        ///< absolute; identifies the image
  std::string patient_id;  ///< empty where it is not known: a patient of its own
  std::string study;       ///< distinguishes the exams of a patient; empty if it is not known
  std::string method;      ///< name and version of the model, or the baseline
  std::string error;       ///< why it was not measured; empty where it was
  /// Side of the breast.
  Laterality laterality = Laterality::kUnknown;
  /// Projection.
  View view = View::kUnknown;
  std::vector<std::string> flags;  ///< flags of the file's header (docs/flags.md)
  std::string vendor;              ///< Manufacturer of the DICOM header
  std::optional<int> age_years;    ///< Patient's Age of the DICOM header
  bool in_mm = false;  ///< whether distances are millimetres (the file has a spacing), else pixels

  std::array<std::optional<MaskScore>, kTissues.size()> masks;  ///< scores by Tissue
  /// Mean Dice of adipose, dense and pectoral (those of them that are defined), where each pixel
  /// has one class: pectoral, else dense within breast, else breast, else background.
  std::optional<double> tissue_dice;
  std::optional<double> true_percent;  ///< stated by the manifest, else computed from its masks
  std::optional<double> percent_of_true_masks;  ///< where the manifest states another percent too
  std::optional<double> percent;                ///< from the predicted masks
  /// Percent of the masks by the threshold of dense tissue.
  std::optional<PercentByThreshold> percents_by_threshold;
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
  /// Returns Dice of a mask; undefined if the case has no such masks, or both are empty.
  Statistic dice(Tissue tissue) const;

  /// Compares all fields.
  friend bool operator==(const EvaluatedCase&, const EvaluatedCase&) = default;
};

/// Returns a case in the form in which evaluations exchange cases (docs/evaluation.md), as JSON for
/// a file.
nlohmann::json CaseToJson(const EvaluatedCase& evaluated);
/// Reads what CaseToJson wrote. Throws Error(kCorrupt) naming the field that is missing or wrong.
EvaluatedCase CaseFromJson(const nlohmann::json& json);

/// Throws Error(kUsage) naming an image that occurs twice.
void CheckUniqueImages(const std::vector<EvaluatedCase>& cases);

}  // namespace mhcnn
