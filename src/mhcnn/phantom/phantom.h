#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// What counts as dense tissue: readers differ (docs/results.md, "Convention").
enum class DenseConvention {
  kOutline,  ///< "outline": regions with the fat within them, as a reader outlines them
  kStrands   ///< "strands": what is brighter in them, as a reader does who sets a grey value
};

/// How a population of phantoms is drawn; every field is an option of `mhcnn phantom`.
struct PhantomOptions {
  int height = 512, width = 256;  ///< pixels
  double pixel_mm = 0.0;  ///< detector pixel at the breast; 0: the field of view is drawn, about
                          ///< 235 mm high
  Laterality laterality = Laterality::kUnknown;  ///< unknown: drawn
  View view = View::kUnknown;                    ///< unknown: drawn
  double density_low = 0, density_high = 90;     ///< range of the target percent density
  bool for_processing = false;  ///< raw detector signal instead of an image for presentation
  /// Which of the two truths `Phantom::dense` is; the pictures are the same.
  DenseConvention convention = DenseConvention::kOutline;
  bool labels = true;  ///< view markers and labels outside the breast
  /// Families of appearances to draw from (docs/phantom.md); empty: all.
  std::vector<std::string> appearances;
  /// Standard deviation (percent points) of the noise that is added before the category is cut.
  double reader_noise = 0;
  /// Percent from which the category is b.
  double cut_ab = kPublishedCutPoints[0];
  /// Percent from which the category is c.
  double cut_bc = kPublishedCutPoints[1];
  /// Percent from which the category is d.
  double cut_cd = kPublishedCutPoints[2];
  /// Throws Error(kUsage) naming the field.
  void Check() const;
};

/// A synthetic mammogram with its truth.
struct Phantom {
  /// The picture and its metadata.
  Mammogram mammogram;
  /// Breast tissue without the pectoral muscle or an implant, as far as it is visible.
  Mask breast;
  Mask dense;                  ///< inside `breast`, by the convention of the options
  Mask pectoral;               ///< in CC empty, or in 15 % of cases a sliver at the chest wall
  double percent_density = 0;  ///< 100 * area(dense) / area(breast)
  double dense_area_cm2 = 0, breast_area_cm2 = 0;  ///< true areas
  /// Of the outlines' percent, by the cut points, whatever the convention.
  DensityCategory category = DensityCategory::kA;
};

/// Case `index` of the population `seed`: the same numbers on any number of workers.
Phantom MakePhantom(const PhantomOptions& options, std::uint64_t seed, std::uint64_t index);

/// One woman's exam: four views (L-CC, R-CC, L-MLO, R-MLO) that share anatomy parameters and target
/// density.
std::vector<Phantom> MakePhantomExam(const PhantomOptions& options, std::uint64_t seed,
                                     std::uint64_t index);

}  // namespace mhcnn
