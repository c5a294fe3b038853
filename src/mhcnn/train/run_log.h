#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mhcnn/train/event_file.h"
#include "mhcnn/train/metrics_file.h"

namespace mhcnn {

/// Log of a run for TensorBoard: losses and rate of each step, an epoch's figures and sample sheet,
/// the recipe. The sheets are also written as pictures.
class RunLog {
 public:
  /// Opens the log. `size`: of the event file when the state was saved, 0 for a new run.
  RunLog(const std::filesystem::path& run, std::uint64_t size, const std::string& recipe);

  /// Writes a step. `losses`: total, segmentation, regression, classification.
  void Step(std::uint64_t step, const std::vector<double>& losses, double learning_rate);
  /// Writes the figures of an epoch.
  void Epoch(std::uint64_t step, const EpochMetrics& row, const std::vector<std::string>& masks);
  /// Writes augmented training images, once, at the beginning: samples/augmented.png.
  void Augmented(const cv::Mat3b& sheet);
  /// Writes samples/epoch-0007.png.
  void Samples(std::uint64_t step, std::uint64_t epoch, const cv::Mat3b& sheet);

  /// Returns the size of the event file in bytes.
  std::uint64_t size() const { return events_.size(); }

 private:
  std::filesystem::path run_;
  EventFile events_;
};

}  // namespace mhcnn
