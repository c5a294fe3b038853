#include "mhcnn/service/deliver/fhir_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/http_peer.h"
#include "mhcnn/testing/sent_objects.h"

namespace mhcnn {
namespace {

using namespace testing_support;
using testing::HasSubstr;

const char* const kBundle =
    R"({"resourceType": "Bundle", "type": "collection",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.25.77"}})";

DestinationConfig Destination(const std::string& url) {
  DestinationConfig destination;
  destination.kind = DestinationConfig::Kind::kFhir;
  destination.url = url;
  destination.timeout = std::chrono::seconds(20);  // for a machine that is busy
  return destination;
}

TEST(FhirSender, CreatesTheBundleOnTheConditionThatItIsNotThere) {
  const ScratchFolder folder;
  HttpPeer peer([](const std::string&) { return HttpPeer::Answer("201 Created", ""); });
  const auto destination = Destination(peer.Url("/fhir/"));
  FhirSender sender(destination);
  EXPECT_EQ(SendAll(sender, {MakeTextObject(folder, "b.json", kBundle)}).Words(),
            std::vector<std::string>{"stored"});
  ASSERT_EQ(peer.requests().size(), 1U);
  const std::string request = peer.requests()[0];
  EXPECT_THAT(request, HasSubstr("POST /fhir/Bundle HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/fhir+json\r\n"));
  EXPECT_THAT(request, HasSubstr("If-None-Exist: "
                                 "identifier=urn:ietf:rfc:3986%7Curn:oid:2.25.77\r\n"));
  EXPECT_EQ(request.substr(request.find("\r\n\r\n") + 4), kBundle);
}

TEST(FhirSender, DistinguishesHttpStatuses) {
  const ScratchFolder folder;
  std::string status;
  HttpPeer peer([&](const std::string&) { return HttpPeer::Answer(status, ""); });
  const auto destination = Destination(peer.Url("/fhir"));
  FhirSender sender(destination);
  const auto bundle = MakeTextObject(folder, "b.json", kBundle);
  for (const auto& [line, word] :
       std::vector<std::pair<std::string, std::string>>{{"200 OK", "stored"},
                                                        {"201 Created", "stored"},
                                                        {"202 Accepted", "transient"},
                                                        {"400 Bad Request", "permanent"},
                                                        {"401 Unauthorized", "transient"},
                                                        {"404 Not Found", "permanent"},
                                                        {"412 Precondition Failed", "permanent"},
                                                        {"422 Unprocessable", "permanent"},
                                                        {"429 Too Many", "transient"},
                                                        {"500 Error", "transient"}}) {
    status = line;
    EXPECT_EQ(SendAll(sender, {bundle}).Word(0), word) << line;
  }
}

TEST(FhirSender, SendsNothingButBundles) {
  const ScratchFolder folder;
  HttpPeer peer([](const std::string&) { return HttpPeer::Answer("201 Created", ""); });
  const auto destination = Destination(peer.Url("/fhir"));
  FhirSender sender(destination);
  EXPECT_EQ(SendAll(sender, {MakeTextObject(folder, "b.json", "{\"a\": 1}"),
                             MakeTextObject(folder, "c.json", "text")})
                .Words(),
            (std::vector<std::string>{"permanent", "permanent"}));
  EXPECT_TRUE(peer.requests().empty());
}

TEST(FhirSender, ChecksTheCapabilityStatement) {
  HttpPeer peer([](const std::string& request) {
    if (request.starts_with("GET /fhir/metadata ")) {
      return HttpPeer::Answer("200 OK", R"({"resourceType": "CapabilityStatement"})");
    }
    return HttpPeer::Answer("200 OK", "<html>");
  });
  const auto right = Destination(peer.Url("/fhir")), wrong = Destination(peer.Url("/"));
  EXPECT_EQ(FhirSender(right).Check().result, SendResult::kStored);
  EXPECT_EQ(FhirSender(wrong).Check().result, SendResult::kPermanent);
}

TEST(BundleCondition, NeedsAnIdentifier) {
  EXPECT_EQ(BundleCondition(kBundle), "identifier=urn:ietf:rfc:3986%7Curn:oid:2.25.77");
  for (const char* text : {"", "[]", "{}", R"({"resourceType": "Bundle"})",
                           R"({"resourceType": "Bundle", "identifier": {"value": ""}})",
                           R"({"resourceType": "Patient", "identifier": {"value": "7"}})"}) {
    EXPECT_EQ(BundleCondition(text), "") << text;
  }
  EXPECT_EQ(
      BundleCondition(
          R"({"resourceType": "Bundle", "identifier": {"system": "s", "value": "a\r\nb&c"}})"),
      "identifier=s%7Ca%0D%0Ab%26c");
}

}  // namespace
}  // namespace mhcnn
