#include "mhcnn/service/web/body_intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/received_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::IncomingIsEmpty;
using testing_support::MammogramBytes;
using testing_support::ScratchFolder;

class BodyIntakeTest : public ::testing::Test {
 protected:
  BodyIntakeTest() {
    config_.name = "node";
    config_.retention.reserve_bytes = 0;
    request_.address = "192.0.2.9";
  }
  /// Gives an object in two pieces.
  static BodyIntake::Taken Take(BodyIntake& intake, const std::string& object,
                                const std::string& study = {},
                                const BodyIntake::Check& check = {}) {
    intake.Begin();
    intake.Data(std::string_view(object).substr(0, object.size() / 2));
    intake.Data(std::string_view(object).substr(object.size() / 2));
    return intake.End(study, check);
  }
  std::vector<std::string> Audit() {
    std::vector<std::string> messages;
    for (const auto& event : stores_.Mine().audit().After(0, 100))
      messages.push_back(event.message);
    return messages;
  }

  ScratchFolder scratch_;
  ServiceConfig config_;
  ObjectFolder folder_{scratch_ / "objects"};
  ThreadStores stores_{JobStoreOptions{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  HttpRequest request_;
  int counts_[2] = {0, 0};
  BodyIntakeContext parts_{config_, folder_, stores_, [this](bool safe) { ++counts_[safe]; }};
  const BodySource door_{.name = "door"};
};

TEST_F(BodyIntakeTest, StoresObjectAsItCame) {
  const std::string image = MammogramBytes("1.2.3.1");
  BodyIntake intake(parts_, request_, door_);
  const auto taken = Take(intake, image);
  EXPECT_TRUE(taken.outcome.safe) << taken.outcome.problem;
  EXPECT_EQ(taken.outcome.object.sop_uid, "1.2.3.1");
  const auto row = stores_.Mine().objects().Find("1.2.3.1");
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->peer, "door:192.0.2.9");
  EXPECT_EQ(ReadTextFile(folder_.Path(row->file)), image);
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
  EXPECT_EQ(counts_[true], 1);
}

TEST_F(BodyIntakeTest, RefusesEmptyObject) {
  BodyIntake intake(parts_, request_, door_);
  const auto taken = Take(intake, "");
  EXPECT_FALSE(taken.outcome.safe);
  EXPECT_EQ(taken.outcome.code, ErrorCode::kCorrupt);
  EXPECT_EQ(taken.outcome.problem, "is empty");
  EXPECT_EQ(counts_[false], 1);
}

TEST_F(BodyIntakeTest, RefusesObjectBeyondTheLimitAndTakesTheNext) {
  const std::string image = MammogramBytes("1.2.3.1");
  config_.receive.max_object_bytes = image.size();
  BodyIntake intake(parts_, request_, door_);
  const auto larger = Take(intake, image + "x");
  EXPECT_FALSE(larger.outcome.safe);
  EXPECT_TRUE(larger.too_large);
  EXPECT_EQ(larger.outcome.code, ErrorCode::kLimit);
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
  const auto next = Take(intake, image);
  EXPECT_TRUE(next.outcome.safe) << next.outcome.problem;
  EXPECT_FALSE(next.too_large);
}

TEST_F(BodyIntakeTest, RefusesObjectOfAnotherStudy) {
  BodyIntake intake(parts_, request_, door_);
  const auto other = Take(intake, MammogramBytes("1.2.3.1", "1.9"), "1.2");
  EXPECT_FALSE(other.outcome.safe);
  EXPECT_EQ(other.outcome.code, ErrorCode::kUsage);
  EXPECT_EQ(other.outcome.object.study_uid, "1.9") << "what the header says";
  EXPECT_FALSE(stores_.Mine().objects().Find("1.2.3.1"));
  EXPECT_TRUE(Take(intake, MammogramBytes("1.2.3.1", "1.2"), "1.2").outcome.safe);
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
}

TEST_F(BodyIntakeTest, CheckSeesTheWholeFileAndMayRefuseIt) {
  const std::string image = MammogramBytes("1.2.3.1");
  BodyIntake intake(parts_, request_, door_);
  std::string seen;
  const auto refused = Take(intake, image, {}, [&](const fs::path& file) {
    seen = ReadTextFile(file);
    throw Error(ErrorCode::kUnsupported, "is not wanted", "", "send another");
  });
  EXPECT_EQ(seen, image);
  EXPECT_FALSE(refused.outcome.safe);
  EXPECT_EQ(refused.outcome.code, ErrorCode::kUnsupported);
  EXPECT_EQ(refused.outcome.problem, "is not wanted");
  EXPECT_EQ(refused.remedy, "send another");
  EXPECT_FALSE(stores_.Mine().objects().Find("1.2.3.1"));
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
}

TEST_F(BodyIntakeTest, DropsWhatIsNotEnded) {
  {
    BodyIntake intake(parts_, request_, door_);
    intake.Begin();
    intake.Data("half of one");
    intake.Begin();
    intake.Data("half of another");
    intake.Drop();
    EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
    intake.Begin();
    intake.Data("and of a third");
  }
  EXPECT_TRUE(IncomingIsEmpty(folder_.root()));
  EXPECT_TRUE(Audit().empty());
}

TEST_F(BodyIntakeTest, AuditsOnceForEachStudy) {
  {
    BodyIntake intake(parts_, request_, door_);
    for (const char* uid : {"1.2.3.1", "1.2.3.2"}) Take(intake, MammogramBytes(uid, "1.2"));
    Take(intake, MammogramBytes("1.3.3.1", "1.3"));
    Take(intake, "no object");
    EXPECT_TRUE(Audit().empty()) << "not before the end";
  }
  const auto audit = Audit();
  ASSERT_EQ(audit.size(), 2u);
  EXPECT_THAT(audit[0], HasSubstr("NumberOfInstances=\"2\""));
  EXPECT_THAT(audit[0], HasSubstr("STOW-RS client"));
  EXPECT_THAT(audit[1], HasSubstr("NumberOfInstances=\"1\""));
}

TEST_F(BodyIntakeTest, AuditNamesPersonBeforeCertificate) {
  request_.client = "CN=scanner";
  { Take(*std::make_unique<BodyIntake>(parts_, request_, door_), MammogramBytes("1.2.3.1")); }
  BodySource door = door_;
  door.person = "Ann";
  { Take(*std::make_unique<BodyIntake>(parts_, request_, door), MammogramBytes("1.2.3.2")); }
  const auto audit = Audit();
  ASSERT_EQ(audit.size(), 2u);
  EXPECT_THAT(audit[0], HasSubstr("CN=scanner"));
  EXPECT_THAT(audit[1], HasSubstr("Ann"));
  EXPECT_EQ(audit[1].find("CN=scanner"), std::string::npos);
}

TEST_F(BodyIntakeTest, RefusesBodiesWhereThereIsNoRoom) {
  config_.retention.reserve_bytes = ~std::uint64_t{0};
  try {
    BodyIntake intake(parts_, request_, door_);
    FAIL() << "there is no room";
  } catch (const HttpError& e) {
    EXPECT_EQ(e.status(), 503);
    EXPECT_EQ(e.fields(), (HttpFields{{"Retry-After", "300"}}));
  }
}

}  // namespace
}  // namespace mhcnn
