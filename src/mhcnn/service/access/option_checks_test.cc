#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include "mhcnn/service/access/login_throttle.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, ThrottleLimits) {
  const ThrottleLimits valid;
  ExpectChecks<ThrottleLimits>(valid, {{"max_per_name", [](auto& o) { o.max_per_name = 0; }},
                                       {"max_per_address", [](auto& o) { o.max_per_address = 0; }},
                                       {"name_pause", [](auto& o) { o.name_pause = {}; }},
                                       {"address_pause", [](auto& o) { o.address_pause = {}; }},
                                       {"max_remembered", [](auto& o) { o.max_remembered = 0; }}});
}

}  // namespace
}  // namespace mhcnn
