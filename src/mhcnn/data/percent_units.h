#pragma once

#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"

namespace mhcnn {

/// Limit: a percent below it is at most 1 in a manifest, which has three decimals.
inline constexpr double kMaxFractionPercent = 1.0005;

/// Returns why the percent densities of these samples may not all be in percent, as the end of a
/// sentence about the column percent_density; "" if they may. Percents that are known to be percent
/// densities, such as those with a percent sign, must not be among them.
///
/// Either all values are at most 1 ("looks like fractions"), or some are: with categories that
/// cannot have so little dense tissue, with a gap above 1, or all values of a reader or a folder.
/// docs/datasets.md states the limits.
std::string FindPercentUnitProblem(const std::vector<const Sample*>& samples);

}  // namespace mhcnn
