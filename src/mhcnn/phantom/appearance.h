#pragma once

#include <span>

#include "mhcnn/phantom/appearance_family.h"
#include "mhcnn/phantom/physics.h"

namespace mhcnn::phantom {

/// Changes of the signal on its way to the file.
struct Appearance {
  bool film;  ///< whether it is digitised film; else a digital detector
  // Film: grey = 1 / (1 + exp(-slope * (A - centre))) of the attenuation A = -ln(signal).
  double film_slope;           ///< 1.6 is a gradient of 3.3 OD per decade over a range of 3.6 OD
  double film_exposure;        ///< centre of the curve: 0 at the breast's median A, 1 at its 95 %
  double scan_low, scan_high;  ///< part of the film's range that the scanner spreads over 0..1
  // Digital:
  double equalisation;               ///< fraction of the periphery's missing thickness put back
  double equalisation_mm;            ///< smoothness of that correction
  double unsharp[3], unsharp_mm[3];  ///< local contrast enhancement, fine to coarse
  double window_low, window_high;    ///< margins about the breast's range, fraction of it
  double curve;                      ///< steepness of the sigmoid; 0: a straight line
  double curve_centre;               ///< centre of the sigmoid, 0..1 of the range
  bool clean_background;             ///< whether the system evens out the background
  // Both:
  double gamma;       ///< exponent of the final grey curve
  double background;  ///< grey of the unexposed outside, 0..1
  double grain;       ///< film grain or electronic noise, fraction of the full range
  double grain_mm;    ///< size of a grain
};
/// Draws an appearance of one of `families` (not empty), by their weights.
Appearance SampleAppearance(std::span<const AppearanceFamily* const> families,
                            RandomStream& random);

/// Makes the grey values 0..1, brighter = denser. `breast`: the tissue by which exposure and window
/// are set.
cv::Mat1f RenderForPresentation(const cv::Mat1f& signal, const Body& body, const Mask& breast,
                                const Appearance& appearance, const Grid& grid,
                                RandomStream& random);
/// Makes a raw picture 0..1: proportional to the signal, saturated in air.
cv::Mat1f RenderForProcessing(const cv::Mat1f& signal, const Body& body, RandomStream& random);

}  // namespace mhcnn::phantom
