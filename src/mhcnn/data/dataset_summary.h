#pragma once

#include <array>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/data/image_check.h"

namespace mhcnn {

/// Image in the manifest, with all known facts.
struct PreparedImage {
  ListedImage listed;  ///< `sample` as the manifest has it, with its final part
  /// Result of the check of its files.
  ImageCheck examined;
};

/// Summary of a data set; counts are of images unless a comment states something else.
struct DatasetSummary {
  /// Counts by word.
  using Counts = std::map<std::string, std::size_t>;

  /// Name of the adapter.
  std::string set;
  /// Folders that were read.
  std::vector<std::string> folders;
  /// Random seed of the split.
  std::uint64_t seed = 0;
  /// Numbers of images, patients and studies.
  std::size_t images = 0, patients = 0, studies = 0;
  /// Images with neither a known patient nor a known study; each counts as a patient of its own.
  std::size_t images_without_patient = 0;
  /// Images by view, laterality, category, size, vendor and kind of mask.
  Counts views, lateralities, categories, sizes, vendors, masks;
  std::map<std::string, Counts> categories_by_split;  ///< "train" -> "a" -> images
  /// Patients by part.
  Counts patients_by_split;
  std::map<std::string, Counts> own_labels;         ///< labels with at most 12 different words
  std::array<std::size_t, 10> percent_histogram{};  ///< 0 to 10, …, 90 to 100 percent density
  /// Images with a percent density.
  std::size_t images_with_percent = 0;
  /// Smallest, median and largest percent density.
  double percent_low = 0, percent_median = 0, percent_high = 0;
  std::vector<std::vector<std::string>> duplicates;  ///< files of equal pixels (or bytes)
  std::vector<Problem> problems;                     ///< sorted
  /// Problems by kind.
  Counts problems_of_kind;
};

/// Returns the hash that links equal images: of the pixels, else of the file.
std::string DuplicateKey(const ImageCheck& examined);

/// Counts what the images contain, and sorts the problems.
DatasetSummary SummarizeDataset(const std::string& set, const std::vector<std::string>& folders,
                                std::uint64_t seed, const std::vector<PreparedImage>& images,
                                std::vector<Problem> problems);
/// Returns problems "label_conflict": files of equal pixels with different categories.
std::vector<Problem> FindDuplicateConflicts(const std::vector<PreparedImage>& images);

/// Returns the summary as text.
std::string SummaryText(const DatasetSummary& summary);
/// Returns the summary as JSON.
nlohmann::ordered_json SummaryJson(const DatasetSummary& summary);

/// A picture for the page: JPEG bytes and a caption.
struct SummaryPicture {
  /// The JPEG file.
  std::vector<unsigned char> jpeg;
  /// Pixels.
  int width = 0, height = 0;
  /// Text under the picture.
  std::string caption;
};
/// Returns one self-contained page: counts, bars, pictures, problems.
std::string SummaryHtml(const DatasetSummary& summary, const std::vector<SummaryPicture>& pictures);

/// Draws small pictures with mask outlines of up to `count` images, spread over the percent
/// densities (categories if there are none); images with masks first. An image that cannot be read
/// is left out.
std::vector<SummaryPicture> DrawSummaryPictures(const std::vector<PreparedImage>& images,
                                                std::size_t count, int threads);

}  // namespace mhcnn
