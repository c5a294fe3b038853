#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/loader/augment.h"
#include "mhcnn/loader/batch_loader.h"
#include "mhcnn/loader/dataset.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, AugmentOptions) {
  const AugmentOptions valid;
  ExpectChecks<AugmentOptions>(valid,
                               {{"augment.probability", [](auto& o) { o.probability = 1.1; }},
                                {"augment.rotation", [](auto& o) { o.rotation = 91; }},
                                {"augment.shift", [](auto& o) { o.shift = -0.1; }},
                                {"augment.window", [](auto& o) { o.window = std::nan(""); }}});
}

TEST(OptionChecks, LoaderOptions) {
  const LoaderOptions valid;
  ExpectChecks<LoaderOptions>(valid, {{"batch", [](auto& o) { o.batch = 0; }},
                                      {"accumulate", [](auto& o) { o.accumulate = 0; }},
                                      {"workers", [](auto& o) { o.workers = 0; }},
                                      {"size", [](auto& o) { o.size = 0; }},
                                      {"rank must lie in 0 to 0", [](auto& o) { o.rank = 1; }}});
}

TEST(OptionChecks, DatasetOptions) {
  const DatasetOptions valid;
  ExpectChecks<DatasetOptions>(
      valid, {{"input_height", [](auto& o) { o.preprocess.input_height = 100; }}});
}

}  // namespace
}  // namespace mhcnn
