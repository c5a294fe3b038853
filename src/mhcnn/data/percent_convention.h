#pragma once

#include <vector>

#include "mhcnn/data/dataset_summary.h"

namespace mhcnn {

/// Problems "percent_convention": the percents that a set states do not follow the convention of
/// its masks, as when one reader thresholds strands and another outlines tissue. A network that
/// learns from both learns neither.
///
/// Makes two comparisons of medians, each only with enough images. The first compares the stated
/// percents and the mask percents of the images that have both. The second compares, within a
/// category, images that state a percent and images that have masks. Images with a stated percent
/// that equals that of their masks count as images with masks alone.
std::vector<Problem> PercentConventionConflicts(const std::vector<PreparedImage>& images);

}  // namespace mhcnn
