#include "mhcnn/service/web/stow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/received_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using testing_support::IncomingIsEmpty;
using testing_support::MammogramBytes;
using testing_support::ScratchFolder;

class StowTest : public ::testing::Test {
 protected:
  StowTest() {
    config_.name = "node";
    config_.retention.reserve_bytes = 0;
  }
  static std::string Part(const std::string& data, const std::string& type = "application/dicom") {
    return "--b\r\nContent-Type: " + type + "\r\n\r\n" + data + "\r\n";
  }
  std::unique_ptr<HttpExchange> Begin(const std::string& study = "") {
    HttpRequest request;
    request.method = "POST";
    request.address = "192.0.2.9";
    request.has_body = true;
    request.fields = fields_;
    if (!study.empty()) request.parameters = {study};
    return StowHandler({config_, folder_, stores_, [this](bool safe) { ++counts_[safe]; }},
                       [this](const HttpRequest&) { return who_; })(request);
  }
  HttpResponse Send(const std::string& body, const std::string& study = "") {
    const auto exchange = Begin(study);
    for (std::size_t at = 0; at < body.size(); at += 1'000) {
      exchange->Body(std::string_view(body).substr(at, 1'000));
    }
    return exchange->Answer();
  }
  int Refusal(const std::string& body, const std::string& study = "") {
    try {
      return Send(body, study).status;
    } catch (const HttpError& e) {
      return e.status();
    }
  }
  static std::vector<std::string> Values(const std::string& answer, const char* sequence,
                                         const char* tag) {
    std::vector<std::string> values;
    const json parsed = json::parse(answer);
    if (!parsed.contains(sequence)) return values;
    EXPECT_EQ(parsed[sequence]["vr"], "SQ");
    for (const auto& item : parsed[sequence]["Value"]) {
      values.push_back(item.contains(tag) ? item[tag]["Value"][0].dump() : "none");
    }
    return values;
  }

  ScratchFolder scratch_;
  ServiceConfig config_;
  ObjectFolder folder_{scratch_ / "objects"};
  ThreadStores stores_{JobStoreOptions{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  HttpFields fields_{{"content-type", "multipart/related; type=\"application/dicom\"; boundary=b"},
                     {"accept", "application/dicom+json"}};
  std::string who_;
  int counts_[2] = {0, 0};
};

TEST_F(StowTest, StoresEachPartAndListsIt) {
  const std::string one = MammogramBytes("1.2.3.1");
  const auto response = Send(Part(one) + Part(MammogramBytes("1.2.3.2")) + "--b--");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/dicom+json");
  EXPECT_EQ(Values(response.body, "00081199", "00081155"),
            (std::vector<std::string>{"\"1.2.3.1\"", "\"1.2.3.2\""}));
  EXPECT_EQ(json::parse(response.body).count("00081198"), 0u);
  const auto row = stores_.Mine().objects().Find("1.2.3.1");
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->peer, "stow:192.0.2.9");
  EXPECT_EQ(ReadTextFile(folder_.Path(row->file)), one);
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
  EXPECT_EQ(counts_[true], 2);
  const auto audit = stores_.Mine().audit().After(0, 10);
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_EQ(audit[0].event, "110104");
  EXPECT_THAT(audit[0].message, HasSubstr("NumberOfInstances=\"2\""));
  EXPECT_THAT(audit[0].message, HasSubstr("NetworkAccessPointID=\"192.0.2.9\""));
}

TEST_F(StowTest, TheAuditNamesTheAccount) {
  who_ = "scanner 7";
  EXPECT_EQ(Send(Part(MammogramBytes("1.2.3.1")) + "--b--").status, 200);
  const auto audit = stores_.Mine().audit().After(0, 10);
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_THAT(audit[0].message, HasSubstr("scanner 7"));
}

TEST_F(StowTest, RepeatedUploadStoresNothingNew) {
  const std::string body = Part(MammogramBytes("1.2.3.1")) + "--b--";
  EXPECT_EQ(Send(body).status, 200);
  EXPECT_EQ(Send(body).status, 200);
  EXPECT_EQ(stores_.Mine().exams().List({}).size(), 1u);
}

TEST_F(StowTest, ReportsFailedInstancesWithReason) {
  const auto some = Send(Part("no DICOM at all") + Part(MammogramBytes("1.2.3.1")) +
                         Part("{}", "application/dicom+json") + Part("") + "--b--");
  EXPECT_EQ(some.status, 202);
  EXPECT_EQ(Values(some.body, "00081199", "00081155"), (std::vector<std::string>{"\"1.2.3.1\""}));
  EXPECT_EQ(Values(some.body, "00081198", "00081197"),
            (std::vector<std::string>(3, std::to_string(0xC000))));
  const auto none = Send(Part("no DICOM at all") + "--b--");
  EXPECT_EQ(none.status, 409);
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
  EXPECT_EQ(counts_[false], 4);
}

TEST_F(StowTest, AnObjectOfAnotherStudyIsRefused) {
  const auto response = Send(
      Part(MammogramBytes("1.2.3.1", "1.9")) + Part(MammogramBytes("1.2.3.2")) + "--b--", "1.2");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(Values(response.body, "00081198", "00081197"),
            (std::vector<std::string>{std::to_string(0xA900)}));
  EXPECT_EQ(Values(response.body, "00081198", "00081155"),
            (std::vector<std::string>{"\"1.2.3.1\""}));
  EXPECT_FALSE(stores_.Mine().objects().Find("1.2.3.1").has_value());
  EXPECT_TRUE(stores_.Mine().objects().Find("1.2.3.2").has_value());
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
}

TEST_F(StowTest, AnObjectBeyondTheLimitIsDroppedAndTheNextIsTaken) {
  const std::string image = MammogramBytes("1.2.3.1");
  config_.receive.max_object_bytes = image.size();
  const auto response = Send(Part(std::string(image.size() + 1, 'x')) + Part(image) + "--b--");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(Values(response.body, "00081198", "00081197"),
            (std::vector<std::string>{std::to_string(0xA700)}));
  EXPECT_EQ(Send(Part(std::string(image.size() + 1, 'x')) + "--b--").status, 409);
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
}

TEST_F(StowTest, RefusesOtherMediaTypes) {
  const auto with = [this](const char* type, const char* accept) {
    fields_ = {{"content-type", type}, {"accept", accept}};
    return Refusal(Part("x") + "--b--");
  };
  EXPECT_EQ(with("application/dicom", "*/*"), 415);
  EXPECT_EQ(with("", "*/*"), 415);
  EXPECT_EQ(with("multipart/form-data; boundary=b", "*/*"), 415);
  EXPECT_EQ(with("multipart/related; type=\"application/dicom+json\"; boundary=b", "*/*"), 415);
  EXPECT_EQ(with("multipart/related; type=\"application/dicom\"", "*/*"), 400);
  EXPECT_EQ(with("multipart/related; boundary", "*/*"), 400);
  EXPECT_EQ(with("multipart/related; boundary=b", "application/dicom+xml"), 406);
  EXPECT_EQ(with("multipart/related; boundary=b", ""), 409);  // accepted, and not DICOM
  EXPECT_EQ(Refusal(Part("x") + "--b--", "../etc"), 400);
}

TEST_F(StowTest, ABodyThatIsNotWholeKeepsWhatWasWholeAndNothingElse) {
  const std::string one = MammogramBytes("1.2.3.1"), two = MammogramBytes("1.2.3.2");
  EXPECT_EQ(Refusal(Part(one) + Part(two).substr(0, two.size() / 2)), 400);
  EXPECT_EQ(Refusal(Part(two).substr(0, two.size() / 2)), 400);
  EXPECT_EQ(Refusal("--b--"), 400);
  EXPECT_EQ(Refusal("--other\r\n\r\nx\r\n--other--"), 400);
  {
    // The connection breaks: the exchange ends without an answer.
    const auto exchange = Begin();
    exchange->Body(Part(two).substr(0, two.size() / 2));
    EXPECT_FALSE(IncomingIsEmpty(folder_.root()));
  }
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
  EXPECT_TRUE(stores_.Mine().objects().Find("1.2.3.1").has_value());
  EXPECT_FALSE(stores_.Mine().objects().Find("1.2.3.2").has_value());
  EXPECT_EQ(stores_.Mine().audit().After(0, 10).size(), 1u);
}

TEST_F(StowTest, WithoutRoomNothingIsRead) {
  config_.retention.reserve_bytes = std::uint64_t{1} << 62;
  try {
    Begin();
    FAIL() << "nothing was thrown";
  } catch (const HttpError& e) {
    EXPECT_EQ(e.status(), 503);
    EXPECT_EQ(e.fields().at(0).first, "Retry-After");
  }
}

TEST(StowFailureReason, FollowsPs318) {
  EXPECT_EQ(StowFailureReason(ErrorCode::kCorrupt), 0xC000);
  EXPECT_EQ(StowFailureReason(ErrorCode::kUsage), 0xA900);
  EXPECT_EQ(StowFailureReason(ErrorCode::kLimit), 0xA700);
  EXPECT_EQ(StowFailureReason(ErrorCode::kIo), 0xA700);
  EXPECT_EQ(StowFailureReason(ErrorCode::kUnsupported), 0x0122);
  EXPECT_EQ(StowFailureReason(ErrorCode::kInternal), 0x0110);
}

}  // namespace
}  // namespace mhcnn
