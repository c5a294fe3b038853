#pragma once

#include <vector>

#include "mhcnn/data/dataset_summary.h"

namespace mhcnn {

/// Problems "label_conflict": the percent of an image, stated or of its masks, contradicts its
/// category.
///
/// A percent contradicts a category if it is below the published range (kPublishedPercents) of the
/// category two steps lower, or above the range of the category two steps higher. Readers and
/// conventions differ by less. A further problem states that the categories of at
/// least 20 images fall as their percents rise.
std::vector<Problem> LabelConflicts(const std::vector<PreparedImage>& images);

}  // namespace mhcnn
