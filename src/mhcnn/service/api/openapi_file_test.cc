#include "mhcnn/service/api/openapi_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mhcnn {
namespace {

TEST(OpenApiFile, IsTheDescriptionOfVersion31) {
  const auto file = nlohmann::json::parse(OpenApiFile());
  EXPECT_EQ(file.at("openapi"), "3.1.0");
  EXPECT_TRUE(file.at("paths").contains("/api/v1/openapi.json"));
}

}  // namespace
}  // namespace mhcnn
