#include "mhcnn/service/web/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "mhcnn/base/file.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PagesTest : public ::testing::Test {
 protected:
  PagesTest() { AddPageRoutes(router_); }

  HttpResponse Get(const std::string& path, const std::string& tag = "") {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    if (!tag.empty()) request.fields = {{"if-none-match", tag}};
    const Route& route = router_.Find(request);
    return route.handler(request)->Answer();
  }

  static std::string GetField(const HttpResponse& response, const std::string& name) {
    for (const auto& [field, value] : response.fields) {
      if (field == name) return value;
    }
    return {};
  }

  Router router_;
};

TEST_F(PagesTest, EachAddressOfAPageAnswersTheFrame) {
  const std::string frame =
      ReadTextFile(std::filesystem::path(MHCNN_SOURCE_DIR) / "web" / "node.html");
  for (const char* path : {"/", "/login", "/admin", "/exam/12"}) {
    const auto response = Get(path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_THAT(response.content_type, StartsWith("text/html")) << path;
    EXPECT_EQ(response.body, frame) << path;
  }
}

TEST_F(PagesTest, AnswersEachFileThatAModuleImports) {
  std::set<std::string> waiting = {"node.js", "node.css", "style.css", "icon.svg"}, seen;
  static const std::regex import(R"re(from "\./([\w.]+)")re");
  while (!waiting.empty()) {
    const std::string name = waiting.extract(waiting.begin()).value();
    if (!seen.insert(name).second) continue;
    const auto response = Get("/web/" + name);
    ASSERT_EQ(response.status, 200) << name;
    EXPECT_THAT(response.content_type, StartsWith(name.ends_with(".js")    ? "text/javascript"
                                                  : name.ends_with(".css") ? "text/css"
                                                                           : "image/svg+xml"));
    for (std::sregex_iterator i(response.body.begin(), response.body.end(), import), end; i != end;
         ++i)
      waiting.insert((*i)[1]);
  }
  EXPECT_TRUE(seen.contains("views.js"));
  EXPECT_FALSE(seen.contains("batch.js")) << "the page of a batch would start here";
}

TEST_F(PagesTest, IsNotSentAgainToAClientThatHasIt) {
  const std::string tag = GetField(Get("/web/node.js"), "ETag");
  EXPECT_THAT(tag, StartsWith("\""));
  EXPECT_NE(tag, GetField(Get("/web/dom.js"), "ETag"));
  const auto again = Get("/web/node.js", tag);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(GetField(again, "ETag"), tag);
  EXPECT_EQ(Get("/web/node.js", "\"other\"").status, 200);
}

TEST_F(PagesTest, AnswersNoOtherFile) {
  for (const char* name : {"batch.html", "web_files.cc", "Node.js"}) {
    try {
      Get(std::string("/web/") + name);
      ADD_FAILURE() << name;
    } catch (const HttpError& error) {
      EXPECT_EQ(error.status(), 404) << name;
    }
  }
}

/// The policy of the node (default-src 'self') allows nothing within a page.
TEST_F(PagesTest, HoldsNoScriptOrStyleOfItsOwnAndNothingFromOutside) {
  const std::string frame = Get("/").body;
  EXPECT_THAT(frame, HasSubstr("<script type=\"module\" src=\"/web/node.js\"></script>"));
  for (const char* word : {"<style", "style=", "onload", "onclick", "http:", "https:", "data:"})
    EXPECT_EQ(frame.find(word), frame.npos) << word;
}

}  // namespace
}  // namespace mhcnn
