#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/loader/augment.h"
#include "mhcnn/loader/prepared_store.h"
#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

class ProcessGroup;

/// Labels of a sample that are not masks.
struct SampleLabels {
  std::string name;                 ///< the image's path, for messages
  std::optional<double> percent{};  ///< 0..100
  /// Category; empty where the sample has none.
  std::optional<DensityCategory> category{};
  /// Index in DatasetOptions::readers. Empty: the dense mask counts as right.
  std::optional<int> reader{};
};

/// Options of reading and keeping a data set.
struct DatasetOptions {
  /// Options of the preparation of the network's input.
  PreprocessOptions preprocess;
  /// File of prepared images, or a folder (ending in a slash) where it gets a name from the options
  /// and from what the samples are prepared from, so that several runs share it. Empty: a file that
  /// is deleted with the data set.
  std::filesystem::path cache;
  std::string label = "images";        ///< name in the progress line
  std::vector<std::string> readers{};  ///< readers whose dense masks are noisy (nn/reader_model.h)

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Samples with their images and masks, read and preprocessed once and kept in a file: memory is
/// used for requested images only.
class Dataset {
 public:
  /// Reads the samples of a split among `all` ("": all of them). Those that are not in the cache
  /// are prepared with all processors, each process of the group its part. Throws the first
  /// sample's Error, with its file.
  Dataset(const std::vector<Sample>& all, const std::string& split, const DatasetOptions& options,
          ProcessGroup& group);
  /// Reads all samples, by this process alone.
  Dataset(const std::vector<Sample>& all, const PreprocessOptions& preprocess);

  /// Returns the number of samples.
  std::size_t size() const { return entries_.size(); }
  /// Returns the labels of a sample.
  const SampleLabels& operator[](std::size_t i) const { return entries_[i].labels; }
  /// Returns the size of the network's input.
  cv::Size input() const {
    return {options_.preprocess.input_width, options_.preprocess.input_height};
  }
  /// Returns whether dense masks have a reader whose errors are learned.
  bool has_readers() const { return !options_.readers.empty(); }
  /// Returns the image from the cache. If its record was lost, reads the image again.
  PreparedSample Prepared(std::size_t i) const;
  /// Returns image and masks as floats and bytes, to be augmented.
  Example Get(std::size_t i) const;

 private:
  struct Entry {
    Sample sample;
    std::size_t record = 0;         ///< in the cache
    std::uint64_t fingerprint = 0;  ///< of the options and of the files as they are now
    SampleLabels labels;
  };
  void ReadMissing(ProcessGroup& group) const;
  /// Returns the percent from the cache. If the record was lost, reads the masks again.
  std::optional<double> ReadMaskPercent(std::size_t i) const;

  DatasetOptions options_;
  std::unique_ptr<PreparedStore> store_;
  std::vector<Entry> entries_;
};

}  // namespace mhcnn
