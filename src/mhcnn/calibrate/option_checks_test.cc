#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/calibrate/calibrate.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, CalibrateOptions) {
  const CalibrateOptions valid;
  ExpectChecks<CalibrateOptions>(
      valid, {{"coverage must lie in 0.5 to 0.95", [](auto& o) { o.coverage = 0.96; }},
              {"folds", [](auto& o) { o.folds = 1; }},
              {"resamples", [](auto& o) { o.bootstrap.resamples = 0; }}});
}

}  // namespace
}  // namespace mhcnn
