#include "mhcnn/model/restricted_pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string Refusal(const std::string& pickle, ErrorCode code) {
  return ErrorMessage(
      [&] {
        std::size_t at = 0;
        ReadRestrictedPickle(pickle, at);
      },
      code);
}

TEST(RestrictedPickle, RefusesOtherGlobalsAndOpcodes) {
  EXPECT_THAT(Refusal("cbuiltins\neval\n.", ErrorCode::kUnsupported), HasSubstr("builtins eval"));
  EXPECT_THAT(Refusal("ctorch\nload\n.", ErrorCode::kUnsupported), HasSubstr("torch load"));
  EXPECT_THAT(Refusal("(i__main__\nx\n.", ErrorCode::kUnsupported), HasSubstr("opcode 105"));
  EXPECT_THAT(Refusal("\x80\x04N.", ErrorCode::kUnsupported), HasSubstr("protocol"));
}

TEST(RestrictedPickle, RefusesDamagedAndExcessivePickles) {
  Refusal("", ErrorCode::kCorrupt);
  Refusal(".", ErrorCode::kCorrupt);
  Refusal("u.", ErrorCode::kCorrupt);
  Refusal("}(K\x01u.", ErrorCode::kCorrupt);           // a key without a value
  Refusal("h\x05.", ErrorCode::kCorrupt);              // nothing remembered there
  Refusal("X\xff\xff\xff\xff.", ErrorCode::kCorrupt);  // a string longer than the file
  Refusal(")" + Repeat("\x85", 1'000'000) + ".", ErrorCode::kCorrupt);  // a tuple in a tuple in …
  Refusal(
      "]q\x01h\x01"
      "a.",
      ErrorCode::kCorrupt);  // a list that holds itself
  Refusal(
      "]q\x01]q\x02h\x01"
      "ah\x01h\x02"
      "a.",
      ErrorCode::kCorrupt);  // two that hold each other
  const std::string megabyte = "X" + std::string("\0\0\x10\0", 4) + std::string(1 << 20, 'x');
  Refusal(megabyte + "q\x01" + Repeat("h\x01", 1000) + ".", ErrorCode::kCorrupt);  // a copy each
  Refusal(Repeat("(", 50'000'000), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace mhcnn
