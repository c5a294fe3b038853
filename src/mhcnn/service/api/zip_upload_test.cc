#include "mhcnn/service/api/zip_upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/received_files.h"
#include "mhcnn/testing/zip_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::IncomingIsEmpty;
using testing_support::MammogramBytes;
using testing_support::ScratchFolder;

class ZipUploadTest : public ::testing::Test {
 protected:
  ZipUploadTest() {
    config_.name = "node";
    config_.retention.reserve_bytes = 0;
  }
  /// What is reported of a file that is sent as x.zip.
  json Sent(const fs::path& zip, const ZipUploadLimits& limits = {}) {
    UploadReport report;
    {
      BodyIntake intake(parts_, request_, {.name = "upload"});
      StoreZip(zip, "x.zip", intake, report, limits);
    }
    EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
    return json::parse(report.Answer().body);
  }
  fs::path Zip(const std::map<std::string, std::string>& members, const char* password = nullptr) {
    EXPECT_TRUE(WriteZip(scratch_ / "x.zip", members, password));
    return scratch_ / "x.zip";
  }
  static std::vector<std::string> Values(const json& answer, const char* list, const char* key) {
    std::vector<std::string> values;
    for (const auto& item : answer.at(list)) values.push_back(item.at(key));
    return values;
  }

  ScratchFolder scratch_;
  ServiceConfig config_;
  ObjectFolder folder_{scratch_ / "objects"};
  ThreadStores stores_{JobStoreOptions{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  HttpRequest request_;
  BodyIntakeContext parts_{config_, folder_, stores_, {}};
};

TEST_F(ZipUploadTest, StoresMembersAndNamesThoseThatAreNone) {
  const json answer = Sent(Zip({{"a/1", MammogramBytes("1.2.3.1")},
                                {"a/notes.txt", "text"},
                                {"b", MammogramBytes("1.2.3.2")}}));
  EXPECT_THAT(Values(answer, "stored", "sop_uid"), ElementsAre("1.2.3.1", "1.2.3.2"));
  EXPECT_THAT(Values(answer, "failed", "name"), ElementsAre("x.zip/a/notes.txt"));
}

TEST_F(ZipUploadTest, LeavesFilesOfOperatingSystemsOut) {
  const json answer = Sent(Zip({{"1", MammogramBytes("1.2.3.1")},
                                {"__MACOSX/._1", "x"},
                                {"sub/.DS_Store", "x"},
                                {"sub/Thumbs.db", "x"},
                                {"desktop.ini", "x"}}));
  EXPECT_THAT(Values(answer, "stored", "sop_uid"), ElementsAre("1.2.3.1"));
  EXPECT_THAT(Values(answer, "failed", "name"), IsEmpty());
}

TEST_F(ZipUploadTest, SaysThatNothingIsInIt) {
  const json answer = Sent(Zip({{"__MACOSX/._1", "x"}}));
  EXPECT_THAT(Values(answer, "failed", "name"), ElementsAre("x.zip"));
  EXPECT_THAT(Values(answer, "failed", "problem"), ElementsAre(HasSubstr("no files")));
}

TEST_F(ZipUploadTest, ReportsFileThatIsNoZip) {
  WriteFileAtomically(scratch_ / "bad.zip", std::string_view("PK no zip file"));
  EXPECT_THAT(Values(Sent(scratch_ / "bad.zip"), "failed", "name"), ElementsAre("x.zip"));
}

TEST_F(ZipUploadTest, EndsBeyondTheLimitOfBytes) {
  const std::string image = MammogramBytes("1.2.3.1");
  ZipUploadLimits limits;
  limits.bytes = image.size() + 100;
  const json answer = Sent(Zip({{"1", image}, {"2", std::string(5'000, 'x')}, {"3", "y"}}), limits);
  EXPECT_THAT(Values(answer, "stored", "sop_uid"), ElementsAre("1.2.3.1"));
  EXPECT_THAT(Values(answer, "failed", "name"), ElementsAre("x.zip"));
  EXPECT_THAT(Values(answer, "failed", "problem").at(0), HasSubstr("unpacks to more than"));
}

TEST_F(ZipUploadTest, RefusesMoreMembersThanAllowed) {
  ZipUploadLimits limits;
  limits.members = 2;
  const json answer = Sent(Zip({{"1", MammogramBytes("1.2.3.1")}, {"2", "x"}, {"3", "y"}}), limits);
  EXPECT_THAT(Values(answer, "stored", "sop_uid"), IsEmpty());
  EXPECT_THAT(Values(answer, "failed", "name"), ElementsAre("x.zip"));
}

TEST_F(ZipUploadTest, EndsWhereTheNodeHasNoMoreRoom) {
  std::map<std::string, std::string> members;
  for (int i = 0; i < 20; ++i) members["m" + std::to_string(10 + i)] = "text";
  ZipUploadLimits limits;
  int asked = 0;
  limits.has_room = [&] { return ++asked < 2; };
  const json answer = Sent(Zip(members), limits);
  EXPECT_EQ(asked, 2);
  const auto problems = Values(answer, "failed", "problem");
  ASSERT_GT(problems.size(), 1u);
  EXPECT_LT(problems.size(), 21u);
  EXPECT_EQ(problems.back(), "the node has no room for more objects");
}

TEST_F(ZipUploadTest, NamesMemberThatNeedsPassword) {
  const json answer = Sent(Zip({{"1", MammogramBytes("1.2.3.1")}}, "secret"));
  EXPECT_THAT(Values(answer, "stored", "sop_uid"), IsEmpty());
  ASSERT_EQ(Values(answer, "failed", "name").size(), 1u);
  EXPECT_THAT(Values(answer, "failed", "name").at(0), HasSubstr("x.zip"));
}

}  // namespace
}  // namespace mhcnn
