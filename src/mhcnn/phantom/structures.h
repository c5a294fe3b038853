#pragma once

#include "mhcnn/phantom/body.h"

namespace mhcnn::phantom {

/// Draws vessels, the nipple's ducts, lymph nodes, masses and calcifications into the glandular
/// fraction. None of them is part of the dense mask.
void AddStructures(cv::Mat1f& gland_fraction, const Anatomy& woman, const ViewPlan& plan,
                   const Body& body, const Grid& grid, RandomStream& random);

}  // namespace mhcnn::phantom
