#pragma once

#include <map>
#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/evaluate/evaluation.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {

/// Annotations of one image by several readers.
struct ImageAnnotations {
  std::string path;                                 ///< the image's file, as EvaluatedCase::path
  std::string patient_id;                           ///< patient as the manifest states it
  std::map<std::string, double> percent_densities;  ///< by reader: as given, else of the masks
  /// Category by name of the reader.
  std::map<std::string, DensityCategory> categories;
  std::vector<double> dense_dice;  ///< Dice of each pair whose masks are not both empty
};

/// Images of a manifest that readers have marked; the readers' agreement limits what a method's
/// agreement with one of them can mean.
struct ReaderAnnotations {
  std::vector<std::string> names;  ///< sorted
  /// One for each image that a reader has marked.
  std::vector<ImageAnnotations> images;
  std::vector<std::string> problems;  ///< rows left out: file and reason
};

/// Loads the rows that name a reader. If there is only one reader, no mask is read. Throws
/// Error(kInterrupted).
ReaderAnnotations LoadReaderAnnotations(const std::vector<Sample>& samples, int threads);

/// Gives images without a patient in the manifest the one that their scored case has, of the file's
/// header, so that both are resampled alike.
void FillPatientIds(const std::vector<EvaluatedCase>& cases, ReaderAnnotations& readers);

/// Returns the median category, of two middle ones the denser; nothing without readers.
std::optional<DensityCategory> MedianReaderCategory(std::vector<DensityCategory> categories);

/// Returns one row for each image, with the mean of its readers' percent densities and the median
/// of their categories (of two middle ones the denser). Masks are used for the percent densities
/// and left out. A row whose mask cannot be read counts with its category only, and has a line in
/// `problems`. Throws Error(kUsage) if a reader has two rows of an image, Error(kInterrupted).
std::vector<Sample> MakeConsensus(const std::vector<Sample>& samples,
                                  std::vector<std::string>& problems, int threads = 0);

/// Returns lines of the section "readers": of the percent the mean absolute difference of two
/// readers (mean over pairs, then images), ICC(2,1) over the images that all have marked, the mean
/// Dice of their dense masks, and of the category the fraction of pairs that agree and the mean of
/// the pairs' quadratic kappas (Light, "Measures of response agreement for qualitative data",
/// Psychol Bull 76, 1971). With a single reader one line states so.
std::vector<MetricRow> MeasureReaderAgreement(const ReaderAnnotations& readers,
                                              const EvaluationOptions& options);

}  // namespace mhcnn
