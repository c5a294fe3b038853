#pragma once

#include "mhcnn/phantom/tissue.h"

namespace mhcnn::phantom {

/// Linear attenuation, 1/mm, at an effective energy. Adipose and fibroglandular tissue: Johns &
/// Yaffe, Phys. Med. Biol. 32 (1987) 675 (at 18, 20 and 25 keV), a power of the energy between.
/// Muscle and skin: NIST XCOM / ICRU-44 mass attenuation at 20 keV times density (0.8205 cm2/g *
/// 1.05; skin about as fibroglandular), falling as fibroglandular tissue does.
struct Attenuation {
  double adipose, gland, muscle, skin;  ///< 1/mm
};
/// Returns the attenuation at an effective energy in keV.
Attenuation AttenuationAt(double kev);

/// Pixel size for which quantum noise is given; a smaller pixel collects fewer quanta.
inline constexpr double kNoisePixelMm = 0.25;

/// Exposure of one picture.
struct Exposure {
  double kev;               ///< effective energy of the beam
  double scatter_fraction;  ///< scatter to primary in the middle of the breast
  double scatter_mm;        ///< spread of the scatter, deviation
  double relative_noise;    ///< quantum noise of a pixel of kNoisePixelMm in the middle of the
                            ///< breast, deviation / signal
  double blur_mm;           ///< detector and focus, deviation
  double extra_blur_px;     ///< a scanner's or resampling's blur
  double skin_mm;           ///< skin thickness
  double heel;              ///< fall of the beam from the chest wall to 100 mm before it, fraction
};
/// Draws an exposure from the distributions of docs/phantom.md.
Exposure SampleExposure(RandomStream& random);

/// Returns the detector's signal relative to the open beam (1 in air), after scatter, blur and
/// noise. `foreign` is the attenuation (mu * length) of objects that are not tissue.
cv::Mat1f DetectorSignal(const Body& body, const Tissue& tissue, const cv::Mat1f& foreign,
                         const Exposure& exposure, const cv::Mat1f& muscle_texture,
                         const Grid& grid, RandomStream& random);

}  // namespace mhcnn::phantom
