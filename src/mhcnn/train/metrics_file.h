#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/train/validation_metrics.h"

namespace mhcnn {

/// A row of metrics.csv.
struct EpochMetrics {
  /// Name of the phase.
  std::string phase;
  std::uint64_t epoch = 0;  ///< from 1, over all phases
  /// Learning rate at the end of the epoch.
  double learning_rate = 0;
  std::vector<double> losses;  ///< means of total, segmentation, regression, classification
  /// Figures on the validation set.
  Validation validation;
  /// Speed, and time of the epoch without its validation.
  double images_per_second = 0, seconds = 0;
  double loader_wait = 0;  ///< fraction of the time that training waited for a batch
};

/// Returns the header line of metrics.csv.
std::string MetricsHeader(const std::vector<std::string>& masks);
/// Returns the line of an epoch.
std::string MetricsLine(const EpochMetrics& row, std::size_t masks);
/// Returns the line of an epoch for a person.
std::string MetricsSummary(const EpochMetrics& row, const std::vector<std::string>& masks);

}  // namespace mhcnn
