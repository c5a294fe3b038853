#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"
#include "mhcnn/phantom/phantom_options.h"

namespace mhcnn {

/// A synthetic mammogram with its reference.
struct Phantom {
  /// The picture and its metadata.
  Mammogram mammogram;
  /// Breast tissue without the pectoral muscle or an implant, as far as it is visible.
  Mask breast;
  Mask dense;                  ///< inside `breast`, by the convention of the options
  Mask pectoral;               ///< in CC empty, or in 15 % of cases a sliver at the chest wall
  double percent_density = 0;  ///< 100 * area(dense) / area(breast)
  double dense_area_cm2 = 0, breast_area_cm2 = 0;  ///< true areas
  /// Category of the outlines' percent density (with reader_noise), whatever the convention.
  DensityCategory category = DensityCategory::kA;
};

/// Makes case `index` of the population `seed`: the same numbers on any number of workers.
Phantom MakePhantom(const PhantomOptions& options, std::uint64_t seed, std::uint64_t index);

/// Makes one woman's exam: four views (L-CC, R-CC, L-MLO, R-MLO) that share anatomy parameters and
/// target density.
std::vector<Phantom> MakePhantomExam(const PhantomOptions& options, std::uint64_t seed,
                                     std::uint64_t index);

}  // namespace mhcnn
