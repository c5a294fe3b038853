#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/results/exam_results.h"
#include "mhcnn/results/overlay.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, ObjectOptions) {
  const ObjectOptions valid;
  ExpectChecks<ObjectOptions>(
      valid, {{"series_number", [](auto& o) { o.series_number = 0; }},
              {"seg_scale", [](auto& o) { o.seg_scale = 17; }},
              {"is not a date and time", [](auto& o) { o.date_time = "20250101"; }}});
}

TEST(OptionChecks, OverlayOptions) {
  const OverlayOptions valid;
  ExpectChecks<OverlayOptions>(
      valid, {{"long_side must lie in 200 to 20000", [](auto& o) { o.long_side = 0; }}});
}

}  // namespace
}  // namespace mhcnn
