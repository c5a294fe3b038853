#include "mhcnn/service/api/uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/received_files.h"
#include "mhcnn/testing/zip_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::MammogramBytes;
using testing_support::ScratchFolder;

class UploadsTest : public ::testing::Test {
 protected:
  UploadsTest() {
    config_.name = "node";
    config_.retention.reserve_bytes = 0;
    RouteAccess access;
    access.guard_for = [](Role least) -> HttpGuard {
      EXPECT_EQ(least, Role::kSender);
      return {};
    };
    access.who = [](const HttpRequest&) { return "Ann"; };
    AddUploadRoutes(router_, {{config_, folder_, stores_, {}}, access});
  }
  std::string Zip(const std::map<std::string, std::string>& members) {
    EXPECT_TRUE(WriteZip(scratch_ / "a.zip", members));
    return ReadTextFile(scratch_ / "a.zip");
  }
  static std::string Part(const std::string& data, const std::string& type,
                          const std::string& name = "") {
    std::string part = "--b\r\nContent-Disposition: form-data; name=\"file\"";
    if (!name.empty()) part += "; filename=\"" + name + "\"";
    if (!type.empty()) part += "\r\nContent-Type: " + type;
    return part + "\r\n\r\n" + data + "\r\n";
  }
  std::unique_ptr<HttpExchange> Begin(const std::string& type) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/api/v1/uploads";
    request.address = "192.0.2.9";
    request.has_body = true;
    request.fields = fields_;
    request.fields.emplace_back("content-type", type);
    return router_.Find(request).handler(request);
  }
  HttpResponse Send(const std::string& type, const std::string& body) {
    const auto exchange = Begin(type);
    for (std::size_t at = 0; at < body.size(); at += 1'000) {
      exchange->Body(std::string_view(body).substr(at, 1'000));
    }
    return exchange->Answer();
  }
  HttpResponse SendForm(const std::string& body) {
    return Send("multipart/form-data; boundary=b", body + "--b--");
  }
  int Refusal(const std::string& type, const std::string& body) {
    try {
      return Send(type, body).status;
    } catch (const HttpError& e) {
      return e.status();
    }
  }
  static std::vector<std::string> Values(const HttpResponse& response, const char* list,
                                         const char* key) {
    EXPECT_EQ(response.content_type, "application/json");
    std::vector<std::string> values;
    const json answer = json::parse(response.body);
    for (const auto& item : answer.at(list)) {
      values.push_back(item.at(key).is_string() ? item.at(key).get<std::string>()
                                                : item.at(key).dump());
    }
    return values;
  }
  static std::vector<std::string> Stored(const HttpResponse& response) {
    return Values(response, "stored", "sop_uid");
  }
  bool IncomingIsEmpty() const { return fs::is_empty(folder_.root() / "incoming"); }

  ScratchFolder scratch_;
  ServiceConfig config_;
  ObjectFolder folder_{scratch_ / "objects"};
  ThreadStores stores_{JobStoreOptions{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  HttpFields fields_;
  Router router_;
};

TEST_F(UploadsTest, TakesAnObject) {
  const std::string image = MammogramBytes("1.2.3.1");
  const auto response = Send("application/dicom", image);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(Stored(response), ElementsAre("1.2.3.1"));
  EXPECT_THAT(Values(response, "stored", "study_uid"), ElementsAre("1.2"));
  EXPECT_THAT(Values(response, "stored", "duplicate"), ElementsAre("false"));
  EXPECT_THAT(Values(Send("application/octet-stream", image), "stored", "duplicate"),
              ElementsAre("true"));
  const auto row = stores_.Mine().objects().Find("1.2.3.1");
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->peer, "upload:192.0.2.9");
  EXPECT_EQ(ReadTextFile(folder_.Path(row->file)), image);
  EXPECT_TRUE(IncomingIsEmpty());
  const auto audit = stores_.Mine().audit().After(0, 10);
  ASSERT_EQ(audit.size(), 2u);
  EXPECT_EQ(audit[0].event, "110107");
  EXPECT_THAT(audit[0].message, HasSubstr("Ann"));
}

TEST_F(UploadsTest, TakesTheMembersOfAZipFile) {
  const std::string zip = Zip({{"a/1", MammogramBytes("1.2.3.1")},
                               {"a/2.dcm", MammogramBytes("1.2.3.2")},
                               {"a/readme.txt", "text"},
                               {"__MACOSX/a/._1", "x"},
                               {"b.zip", Zip({{"x", "y"}})},
                               {"empty", ""}});
  for (const char* type : {"application/zip", "application/octet-stream"}) {
    const auto response = Send(type, zip);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(Stored(response), ElementsAre("1.2.3.1", "1.2.3.2"));
    EXPECT_THAT(Values(response, "failed", "name"),
                ElementsAre("file/a/readme.txt", "file/b.zip", "file/empty"));
    EXPECT_THAT(Values(response, "failed", "problem"),
                ElementsAre("is not a DICOM file", "is an archive", "is empty"));
  }
  EXPECT_TRUE(IncomingIsEmpty());
}

TEST_F(UploadsTest, TakesTheFilesOfAForm) {
  const auto response = SendForm(
      Part("a note", "") + Part(MammogramBytes("1.2.3.1"), "application/octet-stream", "IM1") +
      Part(Zip({{"x/IM2", MammogramBytes("1.2.3.2")}}), "application/x-zip-compressed", "s.zip") +
      Part("picture", "image/png", "p.png") + Part("", "", "none") +
      Part("text", "application/dicom", "../t\xc3\xa9.dcm"));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(Stored(response), ElementsAre("1.2.3.1", "1.2.3.2"));
  EXPECT_THAT(Values(response, "failed", "name"), ElementsAre("p.png", "none", "../t\xc3\xa9.dcm"));
  EXPECT_TRUE(IncomingIsEmpty());
}

TEST_F(UploadsTest, TakesRelatedPartsAsStowSendsThem) {
  const auto response =
      Send("multipart/related; type=\"application/dicom\"; boundary=b",
           "--b\r\nContent-Type: application/dicom\r\n\r\n" + MammogramBytes("1.2.3.1") +
               "\r\n--b\r\n\r\n" + MammogramBytes("1.2.3.2") + "\r\n--b--");
  EXPECT_THAT(Stored(response), ElementsAre("1.2.3.1", "1.2.3.2"));
}

TEST_F(UploadsTest, RefusesOtherBodies) {
  EXPECT_EQ(Refusal("image/png", "x"), 415);
  EXPECT_EQ(Refusal("", "x"), 415);
  EXPECT_EQ(Refusal("multipart/form-data", "x"), 400);
  EXPECT_EQ(Refusal("multipart/form-data; boundary=b", "--b--"), 400);
  EXPECT_EQ(Refusal("multipart/form-data; boundary=b", Part("only a field", "") + "--b--"), 400);
  EXPECT_EQ(Refusal("application/zip", "no zip"), 200);
  EXPECT_THAT(Values(Send("application/zip", "no zip"), "failed", "problem"),
              ElementsAre(HasSubstr("is not a readable zip file")));
}

TEST_F(UploadsTest, AZipFileIsHeldToLimits) {
  // 300 MiB of zeros pack to 300 KiB, which no picture does.
  const auto bomb = Send("application/zip", Zip({{"bomb", std::string(300u << 20, '\0')}}));
  EXPECT_THAT(Values(bomb, "failed", "problem"), ElementsAre(HasSubstr("unpacks to more than")));
  config_.receive.max_object_bytes = 1'000;
  const auto large =
      Send("application/zip", Zip({{"large", MammogramBytes("1.2.3.1")}, {"small", "x"}}));
  EXPECT_THAT(Values(large, "failed", "problem"),
              ElementsAre(HasSubstr("larger than the node takes"), "is not a DICOM file"));
  EXPECT_EQ(large.status, 200);
  config_.web.max_body_bytes = 100;  // eight times so much may be unpacked
  const auto total = Send("application/zip", Zip({{"1", std::string(700, 'x')},
                                                  {"2", std::string(700, 'x')},
                                                  {"3", std::string(700, 'x')}}));
  EXPECT_THAT(Values(total, "failed", "name"), ElementsAre("file/1", "file"));
  EXPECT_TRUE(IncomingIsEmpty());
}

TEST_F(UploadsTest, TruncatedBodyKeepsCompleteObjects) {
  const std::string one = MammogramBytes("1.2.3.1"), two = MammogramBytes("1.2.3.2");
  {
    const auto exchange = Begin("multipart/form-data; boundary=b");
    exchange->Body(Part(one, "application/dicom", "1"));
    exchange->Body(Part(two, "application/dicom", "2").substr(0, two.size() / 2));
    EXPECT_FALSE(IncomingIsEmpty());
  }
  EXPECT_TRUE(IncomingIsEmpty());
  EXPECT_TRUE(stores_.Mine().objects().Find("1.2.3.1").has_value());
  EXPECT_FALSE(stores_.Mine().objects().Find("1.2.3.2").has_value());
  EXPECT_EQ(Refusal("multipart/form-data; boundary=b",
                    Part(two, "application/dicom", "2").substr(0, two.size() / 2)),
            400);
  EXPECT_TRUE(IncomingIsEmpty());
}

TEST_F(UploadsTest, AKeyGivesTheSameAnswerAgain) {
  fields_ = {{"idempotency-key", "k1"}};
  const std::string image = MammogramBytes("1.2.3.1");
  const auto form = [&](const std::string& boundary, const std::string& data) {
    return Send("multipart/form-data; boundary=" + boundary,
                "--" + boundary +
                    "\r\nContent-Disposition: form-data; name=\"f\"; filename=\"1\"\r\n\r\n" +
                    data + "\r\n--" + boundary + "--");
  };
  const auto first = form("b", image);
  EXPECT_THAT(Values(first, "stored", "duplicate"), ElementsAre("false"));
  // The client makes a new boundary for each try.
  const auto second = form("another", image);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(stores_.Mine().audit().After(0, 10).size(), 1u);
  try {
    form("b", MammogramBytes("1.2.3.2"));
    FAIL() << "nothing was thrown";
  } catch (const HttpError& e) {
    EXPECT_EQ(e.status(), 422);
  }
  EXPECT_FALSE(stores_.Mine().objects().Find("1.2.3.2").has_value());
}

TEST_F(UploadsTest, AbortedRequestReleasesIdempotencyKey) {
  fields_ = {{"idempotency-key", "k1"}};
  const std::string image = MammogramBytes("1.2.3.1");
  {
    const auto exchange = Begin("application/dicom");
    exchange->Body(std::string_view(image).substr(0, 1'000));
  }
  EXPECT_THAT(Stored(Send("application/dicom", image)), ElementsAre("1.2.3.1"));
}

TEST_F(UploadsTest, FullDiskRejectsBodyUnread) {
  config_.retention.reserve_bytes = std::uint64_t{1} << 62;
  fields_ = {{"idempotency-key", "k1"}};
  try {
    Begin("application/dicom");
    FAIL() << "nothing was thrown";
  } catch (const HttpError& e) {
    EXPECT_EQ(e.status(), 503);
    EXPECT_EQ(e.fields().at(0).first, "Retry-After");
  }
  config_.retention.reserve_bytes = 0;
  EXPECT_EQ(Refusal("application/dicom", MammogramBytes("1.2.3.1")), 200);  // the key was given up
}

}  // namespace
}  // namespace mhcnn
