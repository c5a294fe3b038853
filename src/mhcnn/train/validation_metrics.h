#pragma once

#include <optional>
#include <vector>

namespace mhcnn {

/// Figures on a validation set, at the network's input size; empty where no sample has the label or
/// the network lacks the head.
struct Validation {
  std::vector<double> losses;  ///< means of total, segmentation, regression, classification
  /// For each mask: mean over the images that have a label of it, without those where label and
  /// network both mark nothing (the Dice of stats, undefined there).
  std::vector<std::optional<double>> dice;
  /// In percent points. Of the masks: over the images in which the network finds a breast.
  std::optional<double> percent_mae_masks, percent_mae_regression;
  /// Accuracy of the category, and that of always answering the most frequent category.
  std::optional<double> accuracy, majority_class_accuracy;
};

}  // namespace mhcnn
