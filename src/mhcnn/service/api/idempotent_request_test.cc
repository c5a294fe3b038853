#include "mhcnn/service/api/idempotent_request.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

class IdempotentRequestTest : public ::testing::Test {
 protected:
  static HttpRequest Request(const std::string& key) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/p";
    request.fields = {{"idempotency-key", key}};
    return request;
  }
  static HttpResponse Response(int status, const std::string& body) {
    HttpResponse response;
    response.status = status;
    response.body = body;
    return response;
  }
  /// Does a request, and returns what the client gets.
  HttpResponse Do(const std::string& key, const std::string& body, const HttpResponse& answer,
                  const std::string& who = "x") {
    IdempotentRequest request(stores_, Request(key), who);
    request.Add(body);
    if (request.replays()) return request.Replay();
    ++done_;
    request.Keep(answer);
    return answer;
  }
  static int GetStatus(const std::function<void()>& function) {
    try {
      function();
    } catch (const HttpError& e) {
      return e.status();
    }
    return 200;
  }

  testing_support::ScratchFolder scratch_;
  ThreadStores stores_{JobStoreOptions{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  int done_ = 0;
};

TEST_F(IdempotentRequestTest, AnswersTheSecondTimeWithoutDoingItAgain) {
  EXPECT_EQ(Do("k", "body", Response(200, "one")).body, "one");
  const HttpResponse second = Do("k", "body", Response(200, "two"));
  EXPECT_EQ(second.body, "one");
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.content_type, "application/json");
  EXPECT_EQ(done_, 1);
}

TEST_F(IdempotentRequestTest, AKeyIsOfOneRequestAndOneClient) {
  Do("k", "body", Response(200, "one"));
  EXPECT_EQ(GetStatus([&] { Do("k", "another", Response(200, "")); }), 422);
  EXPECT_EQ(Do("k", "another", Response(200, "other"), "y").body, "other");
}

TEST_F(IdempotentRequestTest, OneRequestAtATime) {
  const IdempotentRequest first(stores_, Request("k"), "x");
  EXPECT_EQ(GetStatus([&] { IdempotentRequest(stores_, Request("k"), "x"); }), 409);
}

TEST_F(IdempotentRequestTest, WhatWasNotAnsweredMayBeDoneAgain) {
  { const IdempotentRequest broken(stores_, Request("k"), "x"); }
  Do("k", "body", Response(503, "later"));
  Do("k", "body", Response(200, std::string(2u << 20, 'x')));
  Do("k", "body", Response(200, "done"));
  EXPECT_EQ(done_, 3);
  EXPECT_EQ(Do("k", "body", {}).body, "done");
}

TEST_F(IdempotentRequestTest, RejectsInvalidKeys) {
  for (const std::string& key :
       {std::string(), std::string(256, 'k'), std::string("a b"), std::string("\xc3\xa9")}) {
    EXPECT_EQ(GetStatus([&] { IdempotentRequest(stores_, Request(key), "x"); }), 400) << key;
  }
  EXPECT_EQ(GetStatus([&] { IdempotentRequest(stores_, Request(std::string(255, 'k')), "x"); }),
            200);
  EXPECT_EQ(GetStatus([&] { IdempotentRequest(stores_, HttpRequest{}, "x"); }), 200);
}

}  // namespace
}  // namespace mhcnn
