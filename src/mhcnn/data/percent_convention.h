#pragma once

#include <vector>

#include "mhcnn/data/dataset_summary.h"

namespace mhcnn {

/// Returns problems "percent_convention": the percent densities that a set states do not follow the
/// convention of its masks, as when one reader thresholds strands and another outlines tissue. A
/// network that learns from both learns neither.
///
/// Makes two comparisons of medians, each only with enough images. The first compares the stated
/// percent densities and the mask percent densities of the images that have both. The second
/// compares, within a category, images that state a percent and images that have masks. Images with
/// a stated percent that equals that of their masks count as images with masks alone.
std::vector<Problem> FindPercentConventionConflicts(const std::vector<PreparedImage>& images);

}  // namespace mhcnn
