#pragma once

#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/infer/backend.h"
#include "mhcnn/infer/feature_distribution.h"
#include "mhcnn/preprocess/input_distribution.h"

namespace mhcnn {

/// Distributions over the images that a model knows: of its input, and of its features.
struct LearnedDistributions {
  /// Distribution of the inputs.
  InputDistribution inputs;
  /// Distribution of the encoder's features.
  FeatureDistribution features;
};

/// Fits the distribution of the features of `samples` to the split "train" (or none), with the
/// limit set by the split "val". The distribution of the inputs is fitted to the same images: a
/// network that was trained on a few sets last may know more than those. Images that cannot be read
/// are left out with a warning. Throws Error(kInternal) for a model without features, Error(kUsage)
/// if fewer than FeatureDistribution::kMinImages images of the training can be measured.
LearnedDistributions LearnDistributions(Backend& backend, const std::vector<Sample>& samples,
                                        int threads);

}  // namespace mhcnn
