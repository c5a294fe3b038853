#pragma once

#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/infer/backend.h"
#include "mhcnn/infer/feature_distribution.h"
#include "mhcnn/preprocess/input_distribution.h"

namespace mhcnn {

/// Distributions over the pictures that a model knows: of its input, and of its features.
struct LearnedDistributions {
  /// Distribution of the inputs.
  InputDistribution inputs;
  /// Distribution of the encoder's features.
  FeatureDistribution features;
};

/// Where the features of `samples` lie: fitted to those of the split "train" (or of none), their
/// limit set by those of the split "val". The inputs' are fitted to the same pictures: a network
/// that was trained on a few sets last may know more than those. Pictures that cannot be read are
/// left out with a warning. Throws Error(kInternal) for a model without features, Error(kUsage)
/// where fewer than FeatureDistribution::kMinImages pictures of the training can be measured.
LearnedDistributions LearnDistributions(Backend& backend, const std::vector<Sample>& samples,
                                        int threads);

}  // namespace mhcnn
