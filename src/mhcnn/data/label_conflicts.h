#pragma once

#include <vector>

#include "mhcnn/data/dataset_summary.h"

namespace mhcnn {

/// Returns problems "label_conflict": the percent of an image, stated or of its masks, contradicts
/// its category.
///
/// A percent contradicts a category if it is below the published range (kPublishedPercentDensities)
/// of the category two steps lower, or above the range of the category two steps higher. Readers
/// and conventions differ by less. A further problem states that the categories of at least 20
/// images fall as their percent densities rise.
std::vector<Problem> FindLabelConflicts(const std::vector<PreparedImage>& images);

}  // namespace mhcnn
