#pragma once

#include <map>
#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/evaluate/evaluation.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {

/// What several readers say of one image.
struct ReadersOfImage {
  std::string path;                                 ///< the image's file, as EvaluatedCase::path
  std::string patient_id;                           ///< patient as the manifest states it
  std::map<std::string, double> percent_densities;  ///< by reader: as given, else of the masks
  /// Category by name of the reader.
  std::map<std::string, DensityCategory> categories;
  std::vector<double> dense_dice;  ///< of each pair whose masks are not both empty
};

/// The images of a manifest that readers have marked; how well they agree bounds what a method's
/// agreement with one of them can mean.
struct Readers {
  std::vector<std::string> names;  ///< sorted
  /// One for each image that a reader has marked.
  std::vector<ReadersOfImage> images;
  std::vector<std::string> problems;  ///< rows left out: file and reason
};

/// From the rows that name a reader. Where there is one reader alone, no mask is read. Throws
/// Error(kInterrupted).
Readers LoadReaderAnnotations(const std::vector<Sample>& samples, int threads);

/// Gives images without a patient in the manifest the one that their scored case has, of the file's
/// header, so that both are resampled alike.
void FillPatientIds(const std::vector<EvaluatedCase>& cases, Readers& readers);

/// The median of the readers' categories, of two middle ones the denser; nothing without readers.
std::optional<DensityCategory> MedianOfReaders(std::vector<DensityCategory> categories);

/// One row an image, with the mean of its readers' percents and the median of their categories (of
/// two middle ones the denser). Masks go into the percents and are left out. A row whose mask
/// cannot be read counts with its category alone, and has a line in `problems`. Throws
/// Error(kUsage) where a reader has two rows of an image, Error(kInterrupted).
std::vector<Sample> ConsensusOf(const std::vector<Sample>& samples,
                                std::vector<std::string>& problems, int threads = 0);

/// Lines of the section "readers": of the percent the mean absolute difference of two readers (mean
/// over pairs, then images), ICC(2,1) over the images that all have marked, the mean Dice of their
/// dense masks, and of the category the share of pairs that agree and the mean of the pairs'
/// quadratic kappas (Light, "Measures of response agreement for qualitative data", Psychol Bull 76,
/// 1971). With a single reader one line says so.
std::vector<MetricRow> AgreementOfReaders(const Readers& readers, const EvaluationOptions& options);

}  // namespace mhcnn
