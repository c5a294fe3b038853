#pragma once

#include <optional>
#include <vector>

namespace mhcnn {

/// Figures on a validation set, at the network's input size; empty if no sample has the label or
/// the network does not have the head.
struct Validation {
  std::vector<double> losses;  ///< means of total, segmentation, regression, classification
  /// Dice of each mask: mean over the images that have a label of it, without those in which label
  /// and network both mark nothing (the Dice of stats, undefined there).
  std::vector<std::optional<double>> dice;
  /// Mean absolute errors in points. Of the masks: over the images in which a breast is found.
  std::optional<double> percent_mae_masks, percent_mae_regression;
  /// Accuracy of the category, and accuracy of always answering the most frequent category.
  std::optional<double> accuracy, majority_class_accuracy;
};

}  // namespace mhcnn
