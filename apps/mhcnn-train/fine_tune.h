#pragma once

#include <filesystem>

#include "mhcnn/base/options.h"

namespace mhcnn {

/// Makes `options` start from a trained checkpoint: its weights, network and preprocessing in place
/// of the recipe's. Throws Error as ReadCheckpoint does.
void StartFrom(Options& options, const std::filesystem::path& checkpoint);

/// Returns the number of epochs of a fine-tuning. The number of updates is about the same for any
/// number of training images, so that 20 images are not underfitted and 500 not overfitted.
int EpochsFor(std::size_t images);

}  // namespace mhcnn
