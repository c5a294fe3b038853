#pragma once

#include "mhcnn/phantom/body.h"

namespace mhcnn::phantom {

/// What is no tissue.
struct Foreign {
  cv::Mat1f path;  ///< mu * length
  Mask implant;    ///< a breast implant; its area counts neither as breast nor as dense
};

/// Implants, clips, markers on the skin and devices under it, none in most pictures.
Foreign DrawForeign(const ViewPlan& plan, const Body& body, const Grid& grid, RandomStream& random);

}  // namespace mhcnn::phantom
