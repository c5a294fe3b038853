#include "mhcnn/service/web/router.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

HttpResponse Nothing(const HttpRequest&) { return {}; }

Router MakeRouter() {
  Router router;
  for (const auto& [method, pattern] : std::vector<std::pair<const char*, const char*>>{
           {"GET", "/"},
           {"GET", "/health/live"},
           {"POST", "/studies"},
           {"GET", "/studies"},
           {"POST", "/studies/{study}"},
           {"GET", "/studies/last"},
           {"GET", "/studies/{study}"},
           {"GET", "/studies/{study}/series/{series}"}}) {
    router.Add({method, pattern, HttpThread::kWorker, {}, MakeHandler(Nothing)});
  }
  return router;
}

/// Returns the pattern that answers, or the status of the refusal.
std::string Found(const Router& router, const std::string& method, const std::string& path,
                  std::vector<std::string>* parameters = nullptr) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  try {
    const std::string pattern = router.Find(request).pattern;
    if (parameters != nullptr) *parameters = request.parameters;
    return pattern;
  } catch (const HttpError& e) {
    const auto& fields = e.fields();
    return std::to_string(e.status()) + (fields.empty() ? "" : " " + fields[0].second);
  }
}

TEST(Router, FindsRoutesByMethodAndPath) {
  const Router router = MakeRouter();
  EXPECT_EQ(Found(router, "GET", "/"), "/");
  EXPECT_EQ(Found(router, "GET", "/health/live"), "/health/live");
  EXPECT_EQ(Found(router, "HEAD", "/health/live"), "/health/live");
  EXPECT_EQ(Found(router, "GET", "/studies/last"), "/studies/last");
  std::vector<std::string> parameters;
  EXPECT_EQ(Found(router, "POST", "/studies/1.2.3", &parameters), "/studies/{study}");
  EXPECT_EQ(parameters, std::vector<std::string>{"1.2.3"});
  EXPECT_EQ(Found(router, "GET", "/studies/a%20b/series/%C3%A4", &parameters),
            "/studies/{study}/series/{series}");
  EXPECT_EQ(parameters, (std::vector<std::string>{"a b", "\xC3\xA4"}));
}

TEST(Router, SaysWhatAPathTakes) {
  const Router router = MakeRouter();
  EXPECT_EQ(Found(router, "DELETE", "/studies"), "405 POST, GET, HEAD");
  EXPECT_EQ(Found(router, "POST", "/health/live"), "405 GET, HEAD");
  EXPECT_EQ(Found(router, "GET", "/health"), "404");
  EXPECT_EQ(Found(router, "GET", "/health/live/"), "404");
  EXPECT_EQ(Found(router, "GET", "/studies/"), "404");
  EXPECT_EQ(Found(router, "GET", "//"), "404");
  EXPECT_EQ(Found(router, "POST", "/studies/1/2"), "404");
}

TEST(Router, RefusesPathsThatCannotBeDecodedSafely) {
  const Router router = MakeRouter();
  for (const char* path : {"", "studies", "*", "/studies/%", "/studies/%4", "/studies/%zz",
                           "/studies/..", "/studies/%2e%2E", "/studies/.", "/studies/a%2Fb",
                           "/studies/a%5cb", "/studies/%00", "/studies/a%0Ab", "/studies/%ff",
                           "/studies/%ed%a0%80", "/studies/%C3", "http://a/studies"}) {
    EXPECT_EQ(Found(router, "POST", path), "400") << path;
  }
}

TEST(Router, RefusesTwoRoutesOfOnePattern) {
  Router router = MakeRouter();
  EXPECT_EQ(testing_support::ThrownCode([&] {
              router.Add({"GET", "/studies/{uid}", HttpThread::kWorker, {}, MakeHandler(Nothing)});
            }),
            ErrorCode::kInternal);
  EXPECT_EQ(testing_support::ThrownCode([&] {
              router.Add({"GET", "/a{b}", HttpThread::kWorker, {}, MakeHandler(Nothing)});
            }),
            ErrorCode::kInternal);
}

TEST(MakeBodyHandler, CollectsASmallBodyAndRefusesALargeOne) {
  const HttpHandler handler = MakeBodyHandler(
      [](const HttpRequest&, const std::string& body) {
        HttpResponse response;
        response.body = body + "!";
        return response;
      },
      5);
  const auto exchange = handler({});
  exchange->Body("abc");
  exchange->Body("de");
  EXPECT_EQ(exchange->Answer().body, "abcde!");
  EXPECT_THROW(exchange->Body("f"), HttpError);
  HttpRequest announced;
  announced.content_length = 6;
  EXPECT_THROW(handler(announced), HttpError);
}

TEST(MakeHandler, TakesNoBody) {
  const auto exchange = MakeHandler(Nothing)({});
  EXPECT_NO_THROW(exchange->Body(""));
  EXPECT_THROW(exchange->Body("x"), HttpError);
}

}  // namespace
}  // namespace mhcnn
