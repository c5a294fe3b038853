#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/loader/dataset.h"

namespace mhcnn {

/// Frequency of each sample in an epoch.
enum class Sampling {
  kUniform,   ///< "uniform": once
  kCategory,  ///< "category": each category equally often
  /// "density": by the inverse of the smoothed distribution of percent density (label distribution
  /// smoothing, Yang et al. 2021: bins of one point, a Gaussian kernel of 2 points), at most ten
  /// times the mean.
  kDensity
};
/// Returns the value of a recipe's word. Throws Error(kUsage) that begins with `name`.
Sampling ParseSampling(std::string_view name, const std::string& word);

/// Returns the weights of the samples, mean 1; empty for kUniform. A sample without the label has
/// weight 1.
std::vector<double> SamplingWeights(const Dataset& dataset, Sampling sampling);

/// Returns the samples of an epoch in random order, as many as there are. Without weights each
/// occurs once; with weights as often as its weight states, rounded up or down by a draw
/// (systematic resampling). Depends on (seed, epoch) only.
std::vector<std::size_t> EpochPermutation(std::size_t count, const std::vector<double>& weights,
                                          std::uint64_t seed, std::uint64_t epoch);

/// Warns of a training set of one category, of categories that validation images have and no
/// training image, which cannot be learned, and of those that no validation image has, which the
/// figures do not measure. `of_percent`: percent densities teach categories too, so that the first
/// two are no fault if training images have only a percent.
void CheckCategories(const Dataset& train, const Dataset& val, bool of_percent);

}  // namespace mhcnn
