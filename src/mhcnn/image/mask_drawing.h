#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Colour of the breast's mask in a drawing, BGR. People with the common forms of colour blindness
/// can distinguish the three colours (Okabe & Ito 2008).
inline const cv::Scalar kBreastColour(233, 180, 86);
inline const cv::Scalar kDenseColour(66, 228, 240);   ///< colour of dense tissue
inline const cv::Scalar kPectoralColour(0, 94, 213);  ///< colour of the pectoral muscle

/// Draws the outlines of a mask of the canvas's size, holes included.
void DrawMaskOutline(cv::Mat3b& canvas, const Mask& mask, const cv::Scalar& colour,
                     int thickness = 1);
/// Mixes `strength` (0..1) of a colour into the canvas where the mask is set.
void TintMask(cv::Mat3b& canvas, const Mask& mask, const cv::Scalar& colour, double strength);

}  // namespace mhcnn
