#pragma once

#include <array>
#include <optional>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Probabilities at which the network's map of dense tissue is cut, ascending. Readers do not draw
/// alike: some outline regions of dense tissue (0.5), some threshold its strands, which have the
/// highest probabilities. A calibration uses the one that gives the percent densities of a site's
/// readers.
inline constexpr std::array kDenseThresholds = {0.3,  0.4,  0.5,   0.6,   0.7,  0.75,
                                                0.8,  0.85, 0.9,   0.925, 0.95, 0.96,
                                                0.97, 0.98, 0.985, 0.99,  0.995};
/// The threshold of Result::percent_strands.
inline constexpr double kStrandsThreshold = 0.95;

/// Percent density (image/percent_density.h) at each of kDenseThresholds, 0 to 100.
using PercentByThreshold = std::array<double, kDenseThresholds.size()>;

/// Measures the percent of a map of probabilities within a breast mask of its size. Returns nothing
/// if the breast has no pixel.
std::optional<PercentByThreshold> MeasurePercentByThreshold(const cv::Mat1f& dense,
                                                            const Mask& breast);

}  // namespace mhcnn
