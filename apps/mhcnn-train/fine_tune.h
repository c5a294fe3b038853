#pragma once

#include <filesystem>

#include "mhcnn/base/options.h"

namespace mhcnn {

/// Makes `options` start from a trained checkpoint: its weights, network and preprocessing in place
/// of the recipe's. Throws Error as ReadCheckpoint does.
void StartFrom(Options& options, const std::filesystem::path& checkpoint);

/// Epochs of a fine-tuning: about as many updates whatever the number of training images, so that
/// 20 images are not left half learned and 500 not learned by heart.
int EpochsFor(std::size_t images);

}  // namespace mhcnn
