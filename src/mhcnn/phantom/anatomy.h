#pragma once

#include "mhcnn/base/random.h"
#include "mhcnn/phantom/field.h"
#include "mhcnn/phantom/phantom_options.h"

namespace mhcnn::phantom {

/// Where dense tissue tends to lie.
enum class Pattern { kFan, kRetroareolar, kUpperOuter, kCrescent, kIslands, kDiffuse, kWhole };

/// Anatomy that the pictures of one woman share. Distributions: docs/phantom.md.
struct Anatomy {
  double frame_mm;                               ///< height of the field of view
  double depth_mm;                               ///< chest wall to nipple under compression
  double aspect;                                 ///< half-height at the chest wall / depth (CC)
  double power_upper, power_lower, power_depth;  ///< exponents of the outline's superellipse
  double sag_mm;                                 ///< how far the nipple hangs down (MLO)
  double thickness_mm;                           ///< compressed thickness
  double edge_power;                             ///< 0.5: half a circle; 1: a parabola
  double nipple_mm;                              ///< how far the nipple stands out
  double edge_fraction;                          ///< width of the rounded edge / thickness
  double density;                                ///< target percent density
  Pattern pattern;                               ///< where dense tissue tends to lie
  double noise_weight;                           ///< noise against pattern in the dense field
  double texture_beta;                           ///< exponent of the fine texture's spectrum
  double gland_fraction;  ///< glandular fraction of the thickness inside dense tissue
  double fat_fraction;    ///< the same in adipose tissue
  double edge_softness;   ///< softness of the dense tissue's border, deviations of the field
  double haze;            ///< thin gland spread around dense tissue, glandular fraction
  double mesh;            ///< 0: solid dense tissue; 1: a mesh of strands around fat lobules
  double strands, septa, vessels;  ///< strengths of fine structures
  double fat_rim_mm;               ///< subcutaneous fat
  double lobule_mm;                ///< size of the fat lobules in and around dense tissue
  double line_spread;              ///< how far strands stray from the direction to the nipple, rad
  double line_stretch;             ///< how long strands are for their width
  double depth_likeness;           ///< how alike the layers of the breast are, 0..1
  bool implant;                    ///< whether the breast contains an implant
};

/// Properties of one picture, in addition to the anatomy.
struct ViewPlan {
  Laterality laterality;                  ///< side of the breast
  View view;                              ///< projection
  double density;                         ///< target of this picture, percent
  double depth_mm, aspect, thickness_mm;  ///< as in Anatomy, for this picture
  double nipple_y;                        ///< fraction of the frame's height
  double tilt_x, tilt_y;                  ///< thickness gradient of a tilted paddle, relative
  // MLO only:
  double axilla_fraction;            ///< outline's x at the top / depth
  double axilla_bend, axilla_power;  ///< shape of the upper outline
  double arm_mm;                     ///< widening at the very top
  double lower_mm;                   ///< nipple to inframammary fold
  double fold_mm, abdomen_slope;     ///< outline's x at the fold; widening below it
  bool abdomen;                      ///< whether tissue continues below the fold
  // Pectoral muscle; in CC a sliver at the chest wall:
  bool pectoral;  ///< whether the muscle is in the picture
  /// Width of the muscle at the top, its length along the chest wall, and the bulge of its edge, in
  /// mm.
  double pectoral_top_mm, pectoral_length_mm, pectoral_bulge_mm;
  /// Fraction of the thickness that is muscle, width of its rising edge in mm, and strength of its
  /// texture.
  double pectoral_fraction, pectoral_ramp_mm, pectoral_texture;
  int folds;     ///< number of skin folds
  bool implant;  ///< whether the breast contains an implant, as in Anatomy
};

/// Draws the anatomy of a woman from the distributions of docs/phantom.md.
Anatomy SampleAnatomy(const PhantomOptions& options, RandomStream random);
/// Draws what one picture adds to the anatomy; `width_mm` is the width of the field of view.
ViewPlan SampleView(const Anatomy& woman, Laterality laterality, View view, double width_mm,
                    RandomStream random);

}  // namespace mhcnn::phantom
