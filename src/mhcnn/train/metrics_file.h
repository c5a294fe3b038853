#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/train/validation.h"

namespace mhcnn {

/// A row of metrics.csv.
struct EpochRow {
  std::string phase;
  std::uint64_t epoch = 0;  ///< from 1, over all phases
  double learning_rate = 0;
  std::vector<double> losses;  ///< means of total, segmentation, regression, classification
  Validation validation;
  double images_per_second = 0, seconds = 0;
  double loader_wait = 0;  ///< share of the time that training waited for a batch
};

std::string MetricsHeader(const std::vector<std::string>& masks);
std::string MetricsLine(const EpochRow& row, std::size_t masks);
/// The same for a person, in one line.
std::string MetricsSummary(const EpochRow& row, const std::vector<std::string>& masks);

}  // namespace mhcnn
