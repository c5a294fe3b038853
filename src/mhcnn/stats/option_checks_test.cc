#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/stats/bootstrap.h"
#include "mhcnn/stats/paired.h"
#include "mhcnn/stats/proportional_odds.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, BootstrapOptions) {
  const BootstrapOptions valid;
  ExpectChecks<BootstrapOptions>(
      valid, {{"resamples must be 1 or more", [](auto& o) { o.resamples = 0; }},
              {"coverage must be above 0 and below 1", [](auto& o) { o.coverage = 1; }},
              {"coverage", [](auto& o) { o.coverage = std::nan(""); }},
              {"threads", [](auto& o) { o.threads = -1; }},
              {"max_undefined_fraction", [](auto& o) { o.max_undefined_fraction = 1.5; }}});
}

TEST(OptionChecks, PermutationOptions) {
  const PermutationOptions valid;
  ExpectChecks<PermutationOptions>(valid, {{"permutations", [](auto& o) { o.permutations = 0; }}});
}

TEST(OptionChecks, ProportionalOddsOptions) {
  const ProportionalOddsOptions valid;
  ExpectChecks<ProportionalOddsOptions>(valid,
                                        {{"ridge", [](auto& o) { o.ridge = -0.1; }},
                                         {"max_iterations", [](auto& o) { o.max_iterations = 0; }},
                                         {"weights", [](auto& o) {
                                            o.weights = {1, -1};
                                          }}});
}

}  // namespace
}  // namespace mhcnn
