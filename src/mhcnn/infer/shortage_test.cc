#include "mhcnn/infer/shortage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <new>
#include <stdexcept>
#include <system_error>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ShortageError, DetectsMemoryShortageByTypeOrMessage) {
  const std::bad_alloc plain;
  const std::runtime_error wrapped("Exception from core.cpp:109:\nstd::bad_alloc");
  const std::system_error system(std::make_error_code(std::errc::not_enough_memory));
  for (const std::exception* thrown :
       std::initializer_list<const std::exception*>{&plain, &wrapped, &system}) {
    const auto error = ShortageError(*thrown, "a.onnx");
    ASSERT_TRUE(error) << thrown->what();
    EXPECT_EQ(error->code(), ErrorCode::kLimit);
    EXPECT_THAT(error->what(), StartsWith("a.onnx: more memory is needed than there is; "));
    EXPECT_THAT(error->what(), HasSubstr("fewer --threads"));
  }
}

TEST(ShortageError, DetectsThreadShortage) {
  const std::system_error refused(std::make_error_code(std::errc::resource_unavailable_try_again));
  const auto error = ShortageError(refused);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::kLimit);
  EXPECT_THAT(error->what(), StartsWith("a thread could not be started"));
}

TEST(ShortageError, LeavesOtherErrors) {
  EXPECT_FALSE(ShortageError(std::runtime_error("unknown operator")));
  EXPECT_FALSE(ShortageError(std::system_error(std::make_error_code(std::errc::io_error))));
}

}  // namespace
}  // namespace mhcnn
