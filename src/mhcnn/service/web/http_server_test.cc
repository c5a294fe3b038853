#include "mhcnn/service/web/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "mhcnn/service/web/http_channel.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// TCP client that sends and reads bytes.
class Client {
 public:
  explicit Client(int port, const std::string& from = "127.0.0.1") {
    if (from == "::1") {
      fd_ = ::socket(AF_INET6, SOCK_STREAM, 0);
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_addr = IN6ADDR_LOOPBACK_INIT;
      address.sin6_port = htons(port);
      EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    } else {
      fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      ::inet_pton(AF_INET, from.c_str(), &address.sin_addr);
      EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
      address.sin_port = htons(port);
      ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
      EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    }
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  }
  ~Client() { Close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void Send(std::string_view text) {
    while (!text.empty()) {
      const auto count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(count);
    }
  }
  /// Returns all bytes until the server closes, or until `end` was read.
  std::string Receive(const std::string& end = "") {
    std::string all;
    std::array<char, 65'536> bytes;
    while (end.empty() || all.find(end) == std::string::npos) {
      const auto count = ::recv(fd_, bytes.data(), bytes.size(), 0);
      if (count <= 0) break;
      all.append(bytes.data(), count);
    }
    return all;
  }
  std::string Ask(const std::string& text) {
    Send(text);
    return Receive();
  }

 private:
  int fd_;
};

/// Counts the bytes of a body, and the exchanges that live.
class Counting : public HttpExchange {
 public:
  static inline std::atomic<int> alive = 0;
  Counting() { ++alive; }
  ~Counting() override { --alive; }
  void Body(std::string_view piece) override { bytes_ += piece.size(); }
  HttpResponse Answer() override {
    HttpResponse response;
    response.content_type = "text/plain";
    response.body = "took " + std::to_string(bytes_);
    return response;
  }

 private:
  std::size_t bytes_ = 0;
};

class HttpServerTest : public ::testing::Test {
 protected:
  void Start(HttpServerOptions options = {}) {
    const auto text = [](const std::string& body) {
      HttpResponse response;
      response.content_type = "text/plain";
      response.body = body;
      return response;
    };
    router_.Add({"GET", "/live", HttpThread::kLoop, {}, MakeHandler([=](const HttpRequest&) {
                   return text("alive");
                 })});
    router_.Add(
        {"GET", "/slow", HttpThread::kWorker, {}, MakeHandler([this, text](const HttpRequest&) {
           ++slow_begun_;
           std::this_thread::sleep_for(1s);
           return text("slow");
         })});
    router_.Add({"GET", "/pieces", HttpThread::kWorker, {}, MakeHandler([=](const HttpRequest&) {
                   HttpResponse response = text("");
                   response.source = [left = std::make_shared<int>(3)] {
                     return *left == 0 ? "" : std::string(4, static_cast<char>('0' + (*left)--));
                   };
                   return response;
                 })});
    router_.Add(
        {"GET", "/events", HttpThread::kLoop, {}, MakeHandler([=, this](const HttpRequest&) {
           HttpResponse response = text("");
           response.channel = channel_;
           return response;
         })});
    router_.Add({"GET", "/fails", HttpThread::kWorker, {}, MakeHandler([](const HttpRequest&) {
                   throw std::runtime_error("a secret");
                   return HttpResponse{};
                 })});
    router_.Add({"GET", "/guarded", HttpThread::kWorker,
                 [](const HttpRequest&) { throw HttpError(401, "no"); },
                 MakeHandler([=](const HttpRequest&) { return text("never"); })});
    router_.Add({"POST", "/count/{name}", HttpThread::kWorker, {}, [](const HttpRequest&) {
                   return std::make_unique<Counting>();
                 }});
    server_ = std::make_unique<HttpServer>(options, router_, [this](const HttpRecord& record) {
      const std::lock_guard lock(mutex_);
      records_.push_back(record);
    });
    port_ = server_->port();
    thread_ = std::thread([this] { server_->Run(); });
  }
  ~HttpServerTest() override {
    if (!thread_.joinable()) return;
    server_->Stop();
    thread_.join();
  }
  /// Returns the time of an answer of /live, to a client of another address.
  std::chrono::milliseconds TimeOfLive() {
    const auto begin = Clock::now();
    Client client(port_, "127.0.0.2");
    EXPECT_THAT(client.Ask("GET /live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
                HasSubstr("alive"));
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  }
  static std::string Get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  }
  static bool Within(std::chrono::milliseconds limit, const std::function<bool()>& condition) {
    for (const auto end = Clock::now() + limit; Clock::now() < end;) {
      if (condition()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return condition();
  }

  Router router_;
  std::shared_ptr<HttpChannel> channel_ = std::make_shared<HttpChannel>();
  std::atomic<int> slow_begun_ = 0;  // requests for /slow
  std::mutex mutex_;
  std::vector<HttpRecord> records_;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
  int port_ = 0;
};

TEST_F(HttpServerTest, AnswersWithTheFieldsOfASafeServer) {
  Start();
  const std::string answer = Client(port_).Ask(Get("/live"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nalive"));
  EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'self'"));
  EXPECT_THAT(answer, Not(HasSubstr("Server:")));
  EXPECT_THAT(answer, Not(HasSubstr("Strict-Transport-Security")));
}

TEST_F(HttpServerTest, AnswersSeveralRequestsOfAConnectionInTheirOrder) {
  Start();
  const std::string answers = Client(port_).Ask(
      "GET /slow HTTP/1.1\r\nHost: h\r\n\r\nHEAD /live HTTP/1.1\r\nHost: h\r\n\r\n" +
      Get("/pieces"));
  const auto slow = answers.find("slow"), length = answers.find("Content-Length: 5");
  ASSERT_NE(slow, std::string::npos);
  ASSERT_NE(length, std::string::npos);
  EXPECT_LT(slow, length);
  EXPECT_THAT(answers, Not(HasSubstr("\r\n\r\nalive")));  // HEAD has no body
  EXPECT_THAT(answers, HasSubstr("\r\n4\r\n3333\r\n4\r\n2222\r\n4\r\n1111\r\n0\r\n\r\n"));
}

TEST_F(HttpServerTest, AChannelHoldsNoThreadAndEndsWithEitherSide) {
  HttpServerOptions options;
  options.workers = 1;
  Start(options);
  Client client(port_);
  client.Send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(channel_->Send("first"));
  EXPECT_THAT(client.Receive("5\r\nfirst\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_LT(TimeOfLive(), 1s);
  EXPECT_THAT(Client(port_, "127.0.0.2").Ask(Get("/slow")), HasSubstr("slow"));  // the only worker
  EXPECT_TRUE(channel_->Send("second"));
  EXPECT_THAT(client.Receive("6\r\nsecond\r\n"), HasSubstr("second"));
  channel_->End();
  EXPECT_EQ(client.Receive(), "0\r\n\r\n");

  channel_ = std::make_shared<HttpChannel>();
  Client leaving(port_);
  leaving.Send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(channel_->Send("x"));
  leaving.Receive("1\r\nx\r\n");
  leaving.Close();
  EXPECT_TRUE(Within(30s, [&] { return !channel_->Send("y"); }));

  channel_ = std::make_shared<HttpChannel>();
  Client staying(port_);
  staying.Send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(channel_->Send("x"));
  staying.Receive("1\r\nx\r\n");
  const auto begin = Clock::now();
  server_->Stop();
  thread_.join();
  EXPECT_LT(Clock::now() - begin, 20s);
  EXPECT_FALSE(channel_->Send("z"));
}

TEST_F(HttpServerTest, ErrorsAreProblemDetails) {
  Start();
  EXPECT_THAT(Client(port_).Ask(Get("/nothing")),
              ::testing::AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("application/problem+json")));
  EXPECT_THAT(Client(port_).Ask("PUT /live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
              ::testing::AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n")));
  EXPECT_THAT(Client(port_).Ask(Get("/fails")),
              ::testing::AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("secret"))));
  EXPECT_THAT(Client(port_).Ask(Get("/guarded")), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(Client(port_).Ask("GET /live HTTP/1.1\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Client(port_).Ask("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Client(port_).Ask("GET /live HTTP/1.1\r\nHost: h\r\na: " + std::string(50'000, 'x')),
              StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, GivesBodiesOnInPieces) {
  HttpServerOptions options;
  options.max_body_bytes = 4'000'000;
  Start(options);
  const std::string head = "POST /count/a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
  EXPECT_THAT(
      Client(port_).Ask(head + "Content-Length: 3000000\r\n\r\n" + std::string(3'000'000, 'x')),
      HasSubstr("took 3000000"));
  EXPECT_THAT(Client(port_).Ask(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                                       "A;x=y\r\n0123456789\r\n0\r\n\r\n"),
              HasSubstr("took 13"));
  EXPECT_THAT(Client(port_).Ask(head + "Content-Length: 0\r\n\r\n"), HasSubstr("took 0"));
  {
    Client client(port_);
    client.Send(head + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(client.Receive("\r\n\r\n"), StartsWith("HTTP/1.1 100 Continue\r\n"));
    EXPECT_THAT(client.Ask("four"), HasSubstr("took 4"));
  }
  EXPECT_TRUE(Within(30s, [] { return Counting::alive == 0; }));
}

TEST_F(HttpServerTest, RefusesBodiesThatAreTooLargeOrWrong) {
  HttpServerOptions options;
  options.max_body_bytes = 1'000;
  Start(options);
  const std::string head = "POST /count/a HTTP/1.1\r\nHost: h\r\n";
  EXPECT_THAT(Client(port_).Ask(head + "Content-Length: 1001\r\n\r\n" + std::string(1'001, 'x')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Client(port_).Ask(head + "Content-Length: 99999999999999999999\r\n\r\n"),
              StartsWith("HTTP/1.1 4"));
  EXPECT_THAT(Client(port_).Ask(head + "Transfer-Encoding: chunked\r\n\r\nFFF\r\n" +
                                std::string(0xFFF, 'x') + "\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Client(port_).Ask(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
              StartsWith("HTTP/1.1 400 "));
  // Two lengths, or a length and chunks, would let a second request hide in the first.
  EXPECT_THAT(Client(port_).Ask(head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Client(port_).Ask(head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                                       "0\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Client(port_).Ask("GET /live HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, ABrokenConnectionEndsItsExchange) {
  Start();
  Client client(port_);
  client.Send("POST /count/a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nhalf");
  EXPECT_TRUE(Within(2s, [] { return Counting::alive == 1; }));
  client.Close();
  EXPECT_TRUE(Within(2s, [] { return Counting::alive == 0; }));
}

TEST_F(HttpServerTest, SilentAndSlowClientsAreClosedAndDelayNobody) {
  HttpServerOptions options;
  options.header_timeout = 700ms;
  options.body_timeout = 700ms;
  options.max_connections_per_peer = 300;
  options.max_connections = 400;
  Start(options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<Client>(port_));
    if (i % 3 == 1) clients.back()->Send("GET /live HTTP/1.1\r\nHost: h\r\nX-");
    if (i % 3 == 2) {
      clients.back()->Send("POST /count/a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n1");
    }
  }
  EXPECT_LT(TimeOfLive(), 1s);
  for (const auto& client : clients) EXPECT_EQ(client->Receive(), "");
  EXPECT_TRUE(Within(2s, [] { return Counting::alive == 0; }));
}

TEST_F(HttpServerTest, AtConnectionLimitOldestIdleIsClosed) {
  HttpServerOptions options;
  options.max_connections_per_peer = 3;
  Start(options);
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 3; ++i) {
    silent.push_back(std::make_unique<Client>(port_));
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_THAT(Client(port_).Ask(Get("/live")), HasSubstr("alive"));
  EXPECT_EQ(silent[0]->Receive(), "");  // closed
  EXPECT_THAT(silent[2]->Ask(Get("/live")), HasSubstr("alive"));
}

TEST_F(HttpServerTest, AtTheLimitOfBusyConnectionsNewOnesAreClosed) {
  HttpServerOptions options;
  options.max_connections = 2;
  Start(options);
  Client first(port_), second(port_);
  first.Send(Get("/slow"));
  second.Send(Get("/slow"));
  ASSERT_TRUE(Within(30s, [this] { return slow_begun_ == 2; }));
  EXPECT_EQ(Client(port_).Ask(Get("/live")), "");
  EXPECT_THAT(first.Receive(), HasSubstr("slow"));
  EXPECT_THAT(second.Receive(), HasSubstr("slow"));
}

/// The connections of a proxy are not counted as those of one client; the clients behind it are.
TEST_F(HttpServerTest, CountsClientsBehindAProxy) {
  HttpServerOptions options;
  options.max_connections_per_peer = 1;
  options.max_requests_per_minute = 3;
  options.proxies.Add({"", AddressRange("127.0.0.1")});
  options.client_address = [](const HttpRequest& request) {
    return std::string(request.Field("x-client"));
  };
  // Owned by the answer, too, which may end after the test's body.
  const auto begun = std::make_shared<std::promise<void>>();
  std::promise<void> released;
  const std::shared_future<void> let_go = released.get_future().share();
  router_.Add({"GET", "/held", HttpThread::kWorker, {}, MakeHandler([=](const HttpRequest&) {
                 begun->set_value();
                 let_go.wait();
                 return HttpResponse{};
               })});
  Start(options);
  const auto get = [&](const std::string& path, const std::string& who) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\nX-Client: " + who + "\r\n\r\n";
  };
  Client anna(port_), held(port_), other(port_), bert(port_);
  anna.Send(get("/events", "anna"));  // a stream does not count as a request at once
  EXPECT_THAT(anna.Receive("\r\n\r\n"), HasSubstr("HTTP/1.1 200"));
  held.Send(get("/held", "anna"));
  begun->get_future().wait();
  other.Send(get("/live", "anna"));
  EXPECT_THAT(other.Receive("at once"), HasSubstr("HTTP/1.1 429"));
  released.set_value();
  for (int i = 0; i < 3; ++i) {
    bert.Send(get("/live", "bert"));
    EXPECT_THAT(bert.Receive("alive"), HasSubstr("HTTP/1.1 200"));
  }
  bert.Send(get("/live", "bert"));
  EXPECT_THAT(bert.Receive("too many requests"), HasSubstr("HTTP/1.1 429"));
}

TEST_F(HttpServerTest, OnlyListedAddressesMayConnect) {
  HttpServerOptions options;
  options.allow.Add({"", AddressRange("127.0.0.2/32")});
  Start(options);
  EXPECT_EQ(Client(port_).Ask(Get("/live")), "");
  EXPECT_LT(TimeOfLive(), 1s);  // from 127.0.0.2
}

TEST_F(HttpServerTest, TakesIPv6AndIPv4OnTheAddressOfAll) {
  HttpServerOptions options;
  options.address = "::";
  options.allow.Add({"", AddressRange("::1")});
  options.allow.Add({"", AddressRange("127.0.0.2")});
  Start(options);
  EXPECT_THAT(Client(port_, "::1").Ask(Get("/live")), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Client(port_, "127.0.0.2").Ask(Get("/live")), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(Client(port_).Ask(Get("/live")), "");
}

TEST_F(HttpServerTest, StopFinishesWhatIsInProgress) {
  Start();
  Client busy(port_), idle(port_);
  busy.Send(Get("/slow"));
  ASSERT_TRUE(Within(30s, [this] { return slow_begun_ == 1; }));
  server_->Stop();
  EXPECT_EQ(idle.Receive(), "");
  EXPECT_THAT(busy.Receive(), HasSubstr("slow"));
  thread_.join();
}

TEST_F(HttpServerTest, RecordsHoldTheRouteAndNothingOfTheClient) {
  Start();
  Client(port_).Ask(
      "POST /count/1.2.3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
  Client(port_).Ask(Get("/Doe%5EJane"));
  Client(port_).Ask("EVIL\x1b /live HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(Within(30s, [this] {
    const std::lock_guard lock(mutex_);
    return records_.size() == 3;
  }));
  EXPECT_EQ(records_[0].pattern, "/count/{name}");
  EXPECT_EQ(records_[0].status, 200);
  EXPECT_EQ(records_[0].method, "POST");
  EXPECT_EQ(records_[0].address, "127.0.0.1");
  EXPECT_EQ(records_[1].pattern, "");
  EXPECT_EQ(records_[1].status, 404);
  EXPECT_EQ(records_[2].method, "other");
}

TEST_F(HttpServerTest, SaysThatAPortIsTaken) {
  Start();
  HttpServerOptions options;
  options.port = port_;
  EXPECT_THAT(
      testing_support::ErrorMessage([&] { HttpServer second(options, router_); }, ErrorCode::kIo),
      HasSubstr("127.0.0.1:" + std::to_string(port_)));
  options.address = "localhost";
  EXPECT_EQ(testing_support::ThrownCode([&] { HttpServer second(options, router_); }),
            ErrorCode::kUsage);
  options = {};
  options.workers = 0;
  EXPECT_THAT(testing_support::ErrorMessage([&] { options.Check(); }, ErrorCode::kUsage),
              HasSubstr("workers"));
}

}  // namespace
}  // namespace mhcnn
