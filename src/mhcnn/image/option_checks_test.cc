#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <string>

#include "mhcnn/image/jpeg_encode.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, JpegOptions) {
  const JpegOptions valid;
  ExpectChecks<JpegOptions>(
      valid, {{"quality must lie in 1 to 100", [](auto& o) { o.quality = 0; }},
              {"quality", [](auto& o) { o.quality = 101; }},
              {"size of the comment", [](auto& o) { o.comment = std::string(65'534, ' '); }}});
}

}  // namespace
}  // namespace mhcnn
