#include "mhcnn/service/node/web_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;

/// The frames and files of the pages have no patients' data and are not a part of the API.
const std::set<std::string> kPages = {"/",           "/login",      "/admin", "/exam/{exam}",
                                      "/web/{file}", "/favicon.ico"};

/// A node with accounts and a token of each role.
class WebRoutesTest : public ::testing::Test {
 protected:
  WebRoutesTest() {
    config_.name = "node";
    config_.store.url = "sqlite:" + (scratch_ / "node.db").string();
    config_.web.access.mode = WebAccess::kAccounts;
    stores_ = std::make_unique<ThreadStores>(config_.store);
    for (const Role role : kRoles)
      tokens_[role] = stores_->Mine().accounts().CreateToken(RoleName(role), role);
    access_ = std::make_unique<Access>(config_, *stores_);
    routes_ = std::make_unique<WebRoutes>(
        router_, WebRoutesContext{config_, folder_, *stores_, model_, *access_, metrics_});
  }

  /// Returns 200, or the status with which the guard, or the route without a body, refuses it.
  int Status(const Route& route, const std::string& token) {
    HttpRequest request;
    request.method = route.method;
    request.path = route.pattern;
    request.address = "127.0.0.1";
    if (!token.empty()) request.fields = {{"authorization", "Bearer " + token}};
    try {
      if (route.guard) {
        route.guard(request);
      } else {
        route.handler(request)->Answer();
      }
      return 200;
    } catch (const HttpError& e) {
      return e.status();
    }
  }

  /// Returns the roles that the route permits, in the words of x-role, as "viewer".
  std::string LetsIn(const Route& route) {
    if (Status(route, "") != 401) return route.guard ? "nobody is asked" : "open";
    std::string roles;
    for (const Role role : kRoles) {
      if (Status(route, tokens_.at(role)) == 200) roles += std::string(RoleName(role)) + " ";
    }
    static const std::map<std::string, std::string> words = {
        {"sender viewer reader administrator ", "any"},
        {"sender reader administrator ", "sender"},
        {"viewer reader administrator ", "viewer"},
        {"reader administrator ", "reader"},
        {"administrator ", "administrator"},
        {"", "session"}};
    const auto word = words.find(roles);
    return word == words.end() ? roles : word->second;
  }

  static constexpr std::array kRoles = {Role::kSender, Role::kViewer, Role::kReader,
                                        Role::kAdministrator};
  testing_support::ScratchFolder scratch_;
  ServiceConfig config_;
  ObjectFolder folder_{scratch_ / "objects"};
  std::filesystem::path model_ = "none.safetensors";  ///< read for the first image alone
  NodeMetrics metrics_;
  std::unique_ptr<ThreadStores> stores_;
  std::map<Role, std::string> tokens_;
  std::unique_ptr<Access> access_;
  Router router_;
  std::unique_ptr<WebRoutes> routes_;
};

TEST_F(WebRoutesTest, AreThoseOfTheDescriptionWithTheirRoles) {
  const json file = json::parse(
      ReadTextFile(std::filesystem::path(MHCNN_SOURCE_DIR) / "docs" / "api" / "openapi.json"));
  std::map<std::string, std::string> described;
  for (const auto& [path, methods] : file.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (method == "parameters") continue;
      std::string name = method;
      std::ranges::transform(name, name.begin(),
                             [](char c) { return static_cast<char>(std::toupper(c)); });
      const bool open = operation.contains("security") && operation["security"].empty();
      described[name + " " + path] = open ? "open" : operation.value("x-role", "not stated");
    }
  }
  std::map<std::string, std::string> routes;
  for (const Route* route : router_.routes()) {
    if (kPages.contains(route->pattern)) {
      EXPECT_FALSE(route->guard) << route->pattern;
    } else {
      routes[route->method + " " + route->pattern] = LetsIn(*route);
    }
  }
  for (const auto& [name, role] : routes) {
    ASSERT_TRUE(described.contains(name)) << name << " is not in docs/api/openapi.json";
    EXPECT_EQ(described.at(name), role) << name;
    described.erase(name);
  }
  EXPECT_THAT(described, IsEmpty()) << "in docs/api/openapi.json, and no route";
}

}  // namespace
}  // namespace mhcnn
