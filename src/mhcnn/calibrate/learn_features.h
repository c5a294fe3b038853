#pragma once

#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/infer/backend.h"
#include "mhcnn/infer/feature_distribution.h"

namespace mhcnn {

/// Where the features of `samples` lie: fitted to those of the split "train" (or of none), its
/// limit set by those of the split "val". Pictures that cannot be read are left out with a warning.
/// Throws Error(kInternal) for a model without features, Error(kUsage) where fewer than
/// FeatureDistribution::kFewest pictures of the training can be measured.
FeatureDistribution LearnFeatures(Backend& backend, const std::vector<Sample>& samples,
                                  int threads);

}  // namespace mhcnn
