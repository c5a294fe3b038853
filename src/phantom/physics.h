#pragma once

#include "phantom/tissue.h"

namespace mhcnn::phantom {

/// Linear attenuation at 20 keV, 1/mm. Adipose and fibroglandular tissue: Johns & Yaffe, Phys. Med.
/// Biol. 32 (1987) 675 (0.456 and 0.802 per cm). Muscle and skin: NIST XCOM / ICRU-44 mass
/// attenuation at 20 keV times density (0.8205 cm2/g * 1.05; skin about as fibroglandular).
inline constexpr double kAdipose = 0.0456, kGland = 0.0802, kMuscle = 0.0861, kSkin = 0.0800;

/// The pixel size for which quantum noise is given; a smaller pixel collects fewer quanta.
inline constexpr double kNoisePixelMm = 0.25;

/// How one picture is exposed.
struct Exposure {
  double scatter_share;   ///< scatter to primary in the middle of the breast
  double scatter_mm;      ///< spread of the scatter, deviation
  double relative_noise;  ///< of a pixel of kNoisePixelMm: quantum noise of a pixel in the middle,
                          ///< deviation / signal
  double blur_mm;         ///< detector and focus, deviation
  double extra_blur_px;   ///< a scanner's or resampling's blur
  double skin_mm;         ///< skin thickness
};
Exposure DrawExposure(RandomStream& random);

/// The detector's signal relative to the open beam (1 in air), after scatter, blur and noise.
cv::Mat1f DetectorSignal(const Body& body, const Tissue& tissue, const Exposure& exposure,
                         const cv::Mat1f& muscle_texture, const Grid& grid, RandomStream& random);

}  // namespace mhcnn::phantom
