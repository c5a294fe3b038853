#pragma once

#include "mhcnn/phantom/body.h"

namespace mhcnn::phantom {

/// Objects that are not tissue.
struct ForeignObjects {
  cv::Mat1f path;  ///< attenuation, mu * length
  Mask implant;    ///< a breast implant; its area counts neither as breast nor as dense
};

/// Draws implants, clips, markers on the skin and devices under it, none in most pictures.
ForeignObjects DrawForeignObjects(const ViewPlan& plan, const Body& body, const Grid& grid,
                                  RandomStream& random);

}  // namespace mhcnn::phantom
