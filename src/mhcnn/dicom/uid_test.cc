#include "mhcnn/dicom/uid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace mhcnn {
namespace {

TEST(Uid, DependsOnTextOnly) {
  const std::string uid = UidFromText("study 1");
  EXPECT_EQ(uid, UidFromText("study 1"));
  EXPECT_NE(uid, UidFromText("study 2"));
  EXPECT_THAT(uid, testing::StartsWith("2.25."));
  EXPECT_LE(uid.size(), 64U);
  EXPECT_EQ(uid.find_first_not_of("0123456789."), std::string::npos);
  EXPECT_NE(uid[5], '0');
}

}  // namespace
}  // namespace mhcnn
