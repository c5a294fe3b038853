#pragma once

#include "mhcnn/phantom/anatomy.h"

namespace mhcnn::phantom {

/// The compressed breast as the detector sees it, canonical orientation, pictures of the grid.
struct Body {
  Mask inside;                ///< all tissue
  Mask pectoral;              ///< pectoral muscle, inside `inside`
  cv::Mat1f skin_mm;          ///< distance to the skin line, 0 outside; the frame is no skin
  cv::Mat1f thickness_mm;     ///< path of a ray through tissue, 0 outside
  cv::Mat1f muscle_fraction;  ///< part of that path in muscle, 0..1
  cv::Mat1f muscle_edge_mm;   ///< distance to the muscle's edge, positive inside; -1e3 without one
  cv::Point2f nipple;         ///< position on the skin line, mm
};

/// Adds folds of skin, mostly in the axilla, as thickness.
void AddFolds(Body& body, const ViewPlan& plan, const Grid& grid, RandomStream& random);

/// Makes the whole body, folds included.
Body MakeBody(const Anatomy& woman, const ViewPlan& plan, const Grid& grid, RandomStream random);

}  // namespace mhcnn::phantom
