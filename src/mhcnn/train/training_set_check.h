#pragma once

#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/train/recipe.h"

namespace mhcnn {

/// Checks the samples of a run, each of which has a split, before any image is read. Returns
/// warnings, a line each: of each phase with heads for which no training image has a label, of
/// patients in training and validation, and of images without a patient and a study. Throws
/// Error(kUsage) naming the manifest where there are too few training images, where the recipe
/// needs validation images and there are none, where an image is in training and in validation, and
/// where no training image has a label for any head that a phase trains.
std::vector<std::string> CheckTrainingSet(const std::vector<Sample>& samples, const Recipe& recipe,
                                          int processes);

}  // namespace mhcnn
