#pragma once

#include <vector>

#include "mhcnn/data/dataset_summary.h"

namespace mhcnn {

/// Problems "percent_convention": the percents that a set states do not follow the convention of
/// its masks, as when one reader thresholds strands and another outlines tissue. A network that
/// learns from both learns neither.
///
/// Two comparisons, each with enough images to be no chance: of the images that have both, the
/// ratio of stated to mask percent; of the images of one category that have one of the two, the
/// medians. A set without such images gives no problem. Images with a stated percent that equals
/// that of their masks count as images with masks alone.
std::vector<Problem> PercentConventionConflicts(const std::vector<PreparedImage>& images);

}  // namespace mhcnn
