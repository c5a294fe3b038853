#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/evaluate/case_scoring.h"
#include "mhcnn/evaluate/drift.h"
#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, ScoringOptions) {
  const ScoringOptions valid;
  ExpectChecks<ScoringOptions>(
      valid, {{"tolerance_mm", [](auto& o) { o.tolerance_mm = -1; }},
              {"tolerance_pixels", [](auto& o) { o.tolerance_pixels = std::nan(""); }}});
}

TEST(OptionChecks, EvaluationOptions) {
  const EvaluationOptions valid;
  ExpectChecks<EvaluationOptions>(valid,
                                  {{"tolerance_mm", [](auto& o) { o.scoring.tolerance_mm = -1; }},
                                   {"resamples", [](auto& o) { o.bootstrap.resamples = 0; }},
                                   {"min_stratum_size", [](auto& o) { o.min_stratum_size = 0; }}});
}

TEST(OptionChecks, DriftOptions) {
  const DriftOptions valid;
  ExpectChecks<DriftOptions>(valid, {{"stability", [](auto& o) { o.stability = 0; }},
                                     {"significance", [](auto& o) { o.significance = 1; }},
                                     {"share", [](auto& o) { o.fraction = 0; }},
                                     {"fewest", [](auto& o) { o.min_files = 9; }}});
}

}  // namespace
}  // namespace mhcnn
