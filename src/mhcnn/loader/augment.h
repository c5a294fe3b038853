#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/base/random.h"

namespace mhcnn {

/// Random changes of a training image, each applied with `probability`; 0 turns a kind off.
struct AugmentOptions {
  /// Probability that an image is changed at all. A changed image is blurred with probability 0.3
  /// and gets noise with probability 0.4.
  double probability = 0.8;
  double rotation = 8;       ///< degrees either way
  double scale = 0.12;       ///< fraction either way
  double shift = 0.04;       ///< fraction of the side either way
  double gamma = 0.35;       ///< natural logarithm of the exponent, either way
  double contrast = 0.2;     ///< fraction either way
  double brightness = 0.08;  ///< fraction of the 0..1 range, either way
  double noise = 0.03;       ///< largest standard deviation, of the 0..1 range
  double blur = 1.2;         ///< largest standard deviation, pixels
  /// Largest fraction of the height cut from the top or bottom (a breast cut by the frame).
  double cut_off = 0.05;
  // Off until a recipe asks for them.
  double shear = 0;   ///< horizontal shift per height, either way
  double flip = 0;    ///< probability of a mirroring top to bottom
  double window = 0;  ///< black and white level moved by so much of the range, and clipped: a wrong
                      ///< window
  /// Strength of a random smooth tone curve and of a brighter skin line, as vendors' processing
  /// differs; 0..1.
  double tone_curve = 0;
  /// Strength by which the brightness of regions and the detail within them are made weaker or
  /// stronger, in half of the changed images, as vendors' equalisation and sharpening differ; 0..1.
  double local_contrast = 0;
  double pectoral = 0;  ///< probability that the pectoral's corner is cut away, as collimators do
  double marker = 0;    ///< probability of a bright side marker on the background
  void Check() const;   ///< throws Error(kUsage) naming the field
};

/// One image of the network's input frame with its masks.
struct Example {
  /// Input of the network; a value of exactly 0 is padding, whose grey value does not change.
  cv::Mat1f image;
  /// Masks of the image's size, 0 or 255; an empty one is a missing label.
  std::vector<cv::Mat1b> masks;
};

/// Changes the image, and its masks if the geometry changes. Random numbers are from `random` only.
void Augment(Example& example, const AugmentOptions& options, RandomStream& random);

}  // namespace mhcnn
