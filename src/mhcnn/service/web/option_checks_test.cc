#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include "mhcnn/service/web/multipart_reader.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, MultipartLimits) {
  const MultipartLimits valid;
  ExpectChecks<MultipartLimits>(valid,
                                {{"max_header_bytes", [](auto& o) { o.max_header_bytes = 0; }},
                                 {"max_parts", [](auto& o) { o.max_parts = 0; }}});
}

}  // namespace
}  // namespace mhcnn
