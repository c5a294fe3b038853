#include "mhcnn/base/error.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(Error, MessageHasNoLineBreaks) {
  const Error e(ErrorCode::kCorrupt, "is\ncut", "a.dcm", "copy it again");
  EXPECT_STREQ(e.what(), "a.dcm: is cut; copy it again");
  EXPECT_STREQ(Error(ErrorCode::kIo, "p").WithSubject("f").what(), "f: p");
}

}  // namespace
}  // namespace mhcnn
