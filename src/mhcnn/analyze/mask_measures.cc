#include "mhcnn/analyze/mask_measures.h"

#include <opencv2/core.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/image/percent_density.h"

namespace mhcnn {
namespace {

/// Smallest part of an image that a breast covers.
constexpr double kMinBreastFraction = 0.005;

}  // namespace

void MeasureAreas(Result& result) {
  const int breast = cv::countNonZero(result.breast);
  const auto percent = PercentDensity(result.breast, result.dense);
  if (!percent || breast < kMinBreastFraction * static_cast<double>(result.breast.total())) {
    throw Error(ErrorCode::kOutOfScope, "shows no breast: the network found no breast tissue", "",
                "give the whole picture of one breast");
  }
  const int dense = cv::countNonZero(result.dense);
  result.percent_density = percent;
  const auto& metadata = result.metadata;
  if (metadata.row_spacing_mm && metadata.column_spacing_mm) {
    const double picture_cm2 = *metadata.row_spacing_mm * result.size.height *
                               *metadata.column_spacing_mm * result.size.width / 100;
    const double pixel_cm2 = picture_cm2 / static_cast<double>(result.breast.total());
    result.dense_area_cm2 = dense * pixel_cm2;
    result.breast_area_cm2 = breast * pixel_cm2;
  } else {
    AddFlag(result.flags, Flag::kSpacingMissing);
  }
}

double MeasureOutlineAgreement(const Result& result, const Mask& region) {
  const cv::Mat outline = result.breast | result.pectoral;
  const double both = cv::countNonZero(outline & region),
               either = cv::countNonZero(outline | region);
  return either > 0 ? both / either : 0;
}

}  // namespace mhcnn
