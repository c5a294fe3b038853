#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/analyze/analyzer.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, AnalyzeOptions) {
  const AnalyzeOptions valid;
  ExpectChecks<AnalyzeOptions>(
      valid, {{"variants must lie in 1 to 8", [](auto& o) { o.variants = 0; }},
              {"variants", [](auto& o) { o.variants = 9; }},
              {"mask_threshold", [](auto& o) { o.mask_threshold = 1; }},
              {"mask_threshold", [](auto& o) { o.mask_threshold = std::nan(""); }},
              {"heads_disagree_above", [](auto& o) { o.heads_disagree_above = -1; }},
              {"wanted_long_side", [](auto& o) { o.read.wanted_long_side = -1; }}});
}

}  // namespace
}  // namespace mhcnn
