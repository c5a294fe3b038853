#include "mhcnn/service/deliver/stow_sender.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/http_peer.h"
#include "mhcnn/testing/sent_objects.h"

namespace mhcnn {
namespace {

using namespace testing_support;
using testing::HasSubstr;

DestinationConfig Destination(const std::string& url) {
  DestinationConfig destination;
  destination.kind = DestinationConfig::Kind::kStow;
  destination.url = url;
  destination.timeout = std::chrono::seconds(20);  // for a machine that is busy
  return destination;
}

std::string Listed(const std::vector<std::string>& stored, const std::string& failed = "",
                   int reason = 0) {
  std::string text = R"({"00081199": {"vr": "SQ", "Value": [)";
  for (const auto& uid : stored) {
    text += fmt::format(R"({}{{"00081155": {{"vr": "UI", "Value": ["{}"]}}}})",
                        text.ends_with('[') ? "" : ",", uid);
  }
  text += "]}";
  if (!failed.empty()) {
    text += fmt::format(
        R"(, "00081198": {{"Value": [{{"00081155": {{"Value": ["{}"]}}, "00081197": {{"Value": [{}]}}}}]}})",
        failed, reason);
  }
  return text + "}";
}

TEST(StowSender, SendsAllObjectsInOneRequestWithItsLength) {
  const ScratchFolder folder;
  const auto a = MakeObject(folder, "a"), b = MakeObject(folder, "b");
  HttpPeer peer([&](const std::string&) {
    return HttpPeer::Answer("200 OK", Listed({a.sop_uid, b.sop_uid}),
                            "Content-Type: application/dicom+json\r\n");
  });
  auto destination = Destination(peer.Url("/dicom-web/studies"));
  destination.token_file = folder / "token";
  WriteFileAtomically(destination.token_file, "secret-7\n");
  StowSender sender(destination);
  EXPECT_EQ(SendAll(sender, {a, b}).Words(), (std::vector<std::string>{"stored", "stored"}));
  ASSERT_EQ(peer.requests().size(), 1U);
  const std::string request = peer.requests()[0];
  EXPECT_THAT(request, HasSubstr("POST /dicom-web/studies HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Bearer secret-7\r\n"));
  EXPECT_THAT(request, HasSubstr("Accept: application/dicom+json\r\n"));
  EXPECT_THAT(request, testing::Not(HasSubstr("chunked")));
  const auto at = request.find("boundary=");
  const std::string boundary = request.substr(at + 9, request.find("\r\n", at) - at - 9);
  std::string body;
  for (const auto* object : {&a, &b}) {
    body += "--" + boundary + "\r\nContent-Type: application/dicom\r\n\r\n" +
            ReadTextFile(object->path) + "\r\n";
  }
  EXPECT_EQ(request.substr(request.find("\r\n\r\n") + 4), body + "--" + boundary + "--\r\n");
}

TEST(StowSender, ReadsFailuresOutOfA200) {
  const ScratchFolder folder;
  const auto a = MakeObject(folder, "a"), b = MakeObject(folder, "b"), c = MakeObject(folder, "c");
  HttpPeer peer([&](const std::string&) {
    return HttpPeer::Answer("202 Accepted", Listed({a.sop_uid}, b.sop_uid, 0x0122));
  });
  const auto destination = Destination(peer.Url("/studies"));
  StowSender sender(destination);
  // The third object is not in the answer, so it is not known to be stored.
  EXPECT_EQ(SendAll(sender, {a, b, c}).Words(),
            (std::vector<std::string>{"stored", "permanent", "transient"}));
}

TEST(StowSender, DistinguishesHttpStatuses) {
  const ScratchFolder folder;
  const auto a = MakeObject(folder, "a");
  std::string status;
  HttpPeer peer([&](const std::string&) { return HttpPeer::Answer(status, ""); });
  const auto destination = Destination(peer.Url("/studies"));
  StowSender sender(destination);
  for (const auto& [line, word] :
       std::vector<std::pair<std::string, std::string>>{{"400 Bad Request", "permanent"},
                                                        {"401 Unauthorized", "transient"},
                                                        {"403 Forbidden", "transient"},
                                                        {"404 Not Found", "permanent"},
                                                        {"408 Request Timeout", "transient"},
                                                        {"409 Conflict", "permanent"},
                                                        {"413 Too Large", "permanent"},
                                                        {"415 Unsupported", "permanent"},
                                                        {"429 Too Many", "transient"},
                                                        {"500 Error", "transient"},
                                                        {"503 Unavailable", "transient"},
                                                        {"302 Found", "permanent"},
                                                        {"200 OK", "transient"},
                                                        {"204 No Content", "permanent"}}) {
    status = line;
    const auto outcomes = SendAll(sender, {a});
    EXPECT_EQ(outcomes.Word(0), word) << line;
    EXPECT_THAT(outcomes.outcomes[0].text, HasSubstr(line.substr(0, 3)));
  }
}

TEST(StowSender, CallsLackOfSpaceIn409Transient) {
  EXPECT_EQ(ToStowOutcome({409, "", "", "", Listed({}, "1.2", 0x0111)}, "1.2", false).result,
            SendResult::kPermanent);
  EXPECT_EQ(ToStowOutcome({409, "", "", "", Listed({}, "1.2", 0x0111)}, "1.2", true).result,
            SendResult::kStored);
  EXPECT_EQ(ToStowOutcome({409, "", "", "", Listed({}, "1.2", 0xA700)}, "1.2", false).result,
            SendResult::kTransient);
  EXPECT_EQ(ToStowOutcome({409, "", "", "", Listed({"1.2"})}, "1.2", false).result,
            SendResult::kPermanent);
}

TEST(StowSender, TimesOutOnSilentServer) {
  const ScratchFolder folder;
  HttpPeer peer([](const std::string&) { return ""; });
  auto destination = Destination(peer.Url("/studies"));
  destination.timeout = std::chrono::seconds(1);
  StowSender sender(destination);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(SendAll(sender, {MakeObject(folder, "a")}).Words(),
            std::vector<std::string>{"transient"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(StowSender, CallsAClosedPortTransientAndOtherFilesPermanent) {
  const ScratchFolder folder;
  std::string url;
  {
    HttpPeer peer([](const std::string&) { return ""; });
    url = peer.Url("/studies");
  }
  const auto destination = Destination(url);
  StowSender sender(destination);
  EXPECT_EQ(
      SendAll(sender, {MakeObject(folder, "a"), MakeTextObject(folder, "b.json", "{}")}).Words(),
      (std::vector<std::string>{"transient", "permanent"}));
  EXPECT_EQ(sender.Check().result, SendResult::kTransient);
}

TEST(StowSender, StopsAtSendLimit) {
  const ScratchFolder folder;
  HttpPeer peer([](const std::string&) { return HttpPeer::Answer("500 Error", ""); });
  const auto destination = Destination(peer.Url("/studies"));
  StowSender sender(destination);
  EXPECT_EQ(SendAll(sender, {MakeObject(folder, "a")}, 0).Words(),
            std::vector<std::string>{"untried"});
  EXPECT_TRUE(peer.requests().empty());
}

TEST(StowSender, ChecksConnectionWithEmptySearch) {
  HttpPeer peer([](const std::string& request) {
    return HttpPeer::Answer(request.starts_with("GET /studies?StudyInstanceUID=2.25.0&limit=1 ")
                                ? "200 OK"
                                : "404 Not Found",
                            "");
  });
  const auto right = Destination(peer.Url("/studies")), wrong = Destination(peer.Url("/x"));
  EXPECT_EQ(StowSender(right).Check().result, SendResult::kStored);
  EXPECT_EQ(StowSender(wrong).Check().result, SendResult::kPermanent);
}

}  // namespace
}  // namespace mhcnn
