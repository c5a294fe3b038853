#pragma once

#include "mhcnn/phantom/appearance.h"

namespace mhcnn::phantom {

/// Draws view markers and label plates where there is no tissue, into the final picture (0..1, in
/// display orientation).
void DrawLabels(cv::Mat1f& image, const Mask& inside, const ViewPlan& plan, bool film,
                RandomStream& random);
/// Draws scratches, dust, scanner bands, light leaks, film borders.
void DrawFilmFaults(cv::Mat1f& image, const Mask& inside, RandomStream& random);
/// Draws dead lines and a grid's shadow.
void DrawDetectorFaults(cv::Mat1f& image, RandomStream& random);

}  // namespace mhcnn::phantom
