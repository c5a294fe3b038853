#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include "mhcnn/service/deliver/deliverer.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, DelivererOptions) {
  const DelivererOptions valid;
  ExpectChecks<DelivererOptions>(valid, {{"poll", [](auto& o) { o.poll = {}; }}});
}

}  // namespace
}  // namespace mhcnn
