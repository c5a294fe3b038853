#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include "mhcnn/base/zip_archive.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, ZipDirectoryLimits) {
  const ZipDirectoryLimits valid;
  ExpectChecks<ZipDirectoryLimits>(valid,
                                   {{"members must be 1 or more", [](auto& o) { o.members = 0; }},
                                    {"bytes must be 1 or more", [](auto& o) { o.bytes = 0; }}});
}

}  // namespace
}  // namespace mhcnn
