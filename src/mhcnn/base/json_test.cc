#include "mhcnn/base/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ErrorMessage;

std::string Nested(int levels) {
  const auto count = static_cast<std::size_t>(levels);
  return std::string(count, '[') + std::string(count, ']');
}

TEST(ParseJson, LimitsNesting) {
  EXPECT_EQ(ParseJson(R"({"a": [1, 2]})").at("a").at(1), 2);
  EXPECT_NO_THROW(ParseJson(Nested(60)));
  ErrorMessage([] { ParseJson(Nested(100)); }, ErrorCode::kCorrupt);
  ErrorMessage([] { ParseJson(Nested(1'000'000)); }, ErrorCode::kCorrupt);
}

TEST(ParseJson, RefusesOtherText) {
  for (const char* text : {"", "{", "{\"a\":}", "[1,]", "nothing", "1 2"}) {
    ErrorMessage([&] { ParseJson(text); }, ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace mhcnn
