#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/data/adapter.h"
#include "mhcnn/data/manifest.h"

namespace mhcnn {

/// Returns a key of the patient of a sample: of its patient, else of its study, else of its image,
/// which then counts as a patient of its own. Where some images of a study state no patient, the
/// functions below keep them with all other images of the study.
std::string PatientKey(const Sample& sample);

/// Options of the division of a data set into training, validation and test.
struct SplitOptions {
  double val_fraction = 0.15;  ///< fraction of the patients
  /// Fraction of the patients; not drawn where the set publishes a test part.
  double test_fraction = 0.15;
  /// Random seed.
  std::uint64_t seed = 1;
  bool redraw = false;  ///< whether to ignore the set's published parts
  void Check() const;   ///< throws Error(kUsage) naming the option
};

/// Gives every sample a part. Patients, and images that are linked by equal `duplicate_keys` (a
/// hash of the pixels; "" links nothing), are never in two parts. Published parts stay: with a
/// published test part none is drawn and validation comes out of training; a linked group that the
/// set itself has in several parts goes to the test part as a whole (else to validation), which is
/// a problem of kind "leak". Stratified by the group's highest category.
std::vector<Problem> SplitSamples(std::vector<Sample>& samples,
                                  const std::vector<std::string>& duplicate_keys,
                                  const SplitOptions& options);

/// Makes a cross-validation: patients without an image in the part "test" are divided into `folds`
/// groups, stratified by category; those of `fold` (from 1) become "val", the others "train". A
/// patient with such an image goes to the test part as a whole. The groups depend on the patients,
/// folds and seed only. Throws Error(kUsage) if there are fewer patients than folds or if training
/// would be without a category that the samples have.
void FoldByPatient(std::vector<Sample>& samples, int folds, int fold, std::uint64_t seed);

}  // namespace mhcnn
