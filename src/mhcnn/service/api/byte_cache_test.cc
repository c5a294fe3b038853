#include "mhcnn/service/api/byte_cache.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

std::shared_ptr<const HttpResponse> Body(std::size_t bytes) {
  auto response = std::make_shared<HttpResponse>();
  response->body.assign(bytes, 'x');
  return response;
}

TEST(ByteCache, KeepsTheLastUsedUpToItsLimit) {
  ByteCache cache(100);
  cache.Keep("a", Body(40));
  cache.Keep("b", Body(40));
  EXPECT_TRUE(cache.Find("a"));
  cache.Keep("c", Body(40));
  EXPECT_TRUE(cache.Find("a"));
  EXPECT_FALSE(cache.Find("b"));
  EXPECT_TRUE(cache.Find("c"));
  EXPECT_EQ(cache.bytes(), 80u);
  cache.Keep("c", Body(50));
  EXPECT_EQ(cache.bytes(), 90u);
  EXPECT_EQ(cache.Find("c")->body.size(), 50u);
  cache.Keep("d", Body(101));
  EXPECT_FALSE(cache.Find("d"));
  EXPECT_TRUE(cache.Find("a"));
}

TEST(ByteCache, KeepsNoMoreThanItsNumberOfAnswers) {
  ByteCache cache(100, 2);
  for (const char* key : {"a", "b", "c"}) cache.Keep(key, Body(0));
  EXPECT_FALSE(cache.Find("a"));
  EXPECT_TRUE(cache.Find("b"));
  EXPECT_TRUE(cache.Find("c"));
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace mhcnn
