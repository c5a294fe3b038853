#include "mhcnn/service/web/json_response.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace mhcnn {
namespace {

using nlohmann::json;

int ParseStatus(const std::string& body) {
  try {
    ParseRequestJson(body);
  } catch (const HttpError& e) {
    return e.status();
  }
  return 200;
}

TEST(JsonResponse, RoundTrips) {
  const json value = {{"percent", 12.5}, {"flags", {"inverted"}}};
  const HttpResponse response = JsonResponse(value, 202);
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(ParseRequestJson(response.body), value);
}

TEST(JsonResponse, ReplacesInvalidUtf8) {
  const HttpResponse response = JsonResponse({{"name", "M\xfcller"}});
  EXPECT_EQ(response.body, "{\"name\":\"M\xef\xbf\xbdller\"}");
}

TEST(ParseRequestJson, RejectsInvalidAndDeeplyNestedBodies) {
  EXPECT_EQ(ParseStatus("{\"comment\": \"right\"}"), 200);
  EXPECT_EQ(ParseStatus("{\"comment\": "), 400);
  EXPECT_EQ(ParseStatus(""), 400);
  EXPECT_EQ(ParseStatus(std::string(64, '[') + std::string(64, ']')), 200);
  EXPECT_EQ(ParseStatus(std::string(66, '[') + std::string(66, ']')), 400);
}

}  // namespace
}  // namespace mhcnn
