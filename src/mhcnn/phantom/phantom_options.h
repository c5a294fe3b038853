#pragma once

#include <string>
#include <vector>

#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Definitions of dense tissue: readers differ (docs/results.md, "Convention").
enum class DenseConvention {
  kOutline,  ///< "outline": regions with the fat within them, as a reader outlines them
  kStrands   ///< "strands": what is brighter in them, as a reader does who sets a grey value
};

/// Options of a population of phantoms; every field is an option of `mhcnn phantom`.
struct PhantomOptions {
  int height = 512, width = 256;  ///< pixels
  double pixel_mm = 0.0;  ///< detector pixel at the breast; 0: the field of view is drawn, about
                          ///< 235 mm high
  Laterality laterality = Laterality::kUnknown;  ///< unknown: drawn
  View view = View::kUnknown;                    ///< unknown: drawn
  double density_low = 0, density_high = 90;     ///< range of the target percent density
  bool for_processing = false;  ///< raw detector signal instead of an image for presentation
  /// Convention of the reference `Phantom::dense`; the pictures are the same for both.
  DenseConvention convention = DenseConvention::kOutline;
  bool labels = true;  ///< whether there are view markers and labels outside the breast
  /// Families of appearances to draw from (docs/phantom.md); empty: all.
  std::vector<std::string> appearances;
  /// Standard deviation (percent points) of the noise that is added before the category is cut.
  double reader_noise = 0;
  /// Percent density from which the category is b.
  double cut_ab = kPublishedCutPoints[0];
  /// Percent density from which the category is c.
  double cut_bc = kPublishedCutPoints[1];
  /// Percent density from which the category is d.
  double cut_cd = kPublishedCutPoints[2];
  /// Throws Error(kUsage) naming the field.
  void Check() const;
};

}  // namespace mhcnn
