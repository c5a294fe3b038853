#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include "mhcnn/jobs/accounts.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, SessionLimits) {
  const SessionLimits valid;
  ExpectChecks<SessionLimits>(valid, {{"absolute", [](auto& o) { o.absolute = {}; }},
                                      {"idle", [](auto& o) { o.idle = {}; }},
                                      {"max_per_user", [](auto& o) { o.max_per_user = 0; }}});
}

}  // namespace
}  // namespace mhcnn
