#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/infer/backend.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, BackendOptions) {
  BackendOptions valid;
  valid.model = "model.onnx";
  ExpectChecks<BackendOptions>(valid, {{"model", [](auto& o) { o.model.clear(); }},
                                       {"device", [](auto& o) { o.device.clear(); }},
                                       {"threads", [](auto& o) { o.threads = -1; }}});
}

}  // namespace
}  // namespace mhcnn
