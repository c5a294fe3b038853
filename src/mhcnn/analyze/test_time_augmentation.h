#pragma once

#include <optional>

#include "mhcnn/infer/backend.h"

namespace mhcnn {

/// Largest number of variants that an input is run in.
inline constexpr int kMaxVariants = 8;

/// Output of a network, averaged over variants of one input, and the spread of the variants.
struct AveragedOutput {
  /// Means over the variants.
  NetworkOutput mean;
  std::optional<double> percent_spread;  ///< standard deviation of the variants' percent densities
                                         ///< from the masks; of two or more
};

/// Runs an input unchanged and in `variants` - 1 changes that leave its density unchanged: mirrored
/// top to bottom, gamma, contrast and small rotations, always the same ones in the same order. The
/// masks are turned back before they are averaged.
AveragedOutput RunVariants(Backend& backend, const cv::Mat1f& input, int variants,
                           double mask_threshold);

}  // namespace mhcnn
