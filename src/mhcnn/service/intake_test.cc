#include "mhcnn/service/intake.h"

#include <gtest/gtest.h>

#include <fstream>

#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/results/exam_results.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::Change;
using testing_support::ScratchFolder;
using testing_support::Set;
using testing_support::WriteChanged;

class IntakeTest : public ::testing::Test {
 protected:
  /// A mammogram in `incoming/`, after the change.
  fs::path Arrive(const Change& change = [](DcmDataset&) {}) {
    const fs::path path = folder_.MakeIncomingPath();
    WriteChanged(scratch_ / "a.dcm", [&](DcmDataset& d) {
      Set(DCM_SOPInstanceUID, "1.2.3.4")(d);
      Set(DCM_StudyInstanceUID, "1.2")(d);
      change(d);
    });
    fs::rename(scratch_ / "a.dcm", path);
    return path;
  }
  bool IncomingIsEmpty() const { return fs::is_empty(folder_.root() / "incoming"); }

  ScratchFolder scratch_;
  ObjectFolder folder_{scratch_ / "objects"};
  JobStore store_{
      {.url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  ServiceConfig config_;
  Intake intake_{store_, folder_, config_};
};

TEST_F(IntakeTest, StoresObjectUnderItsDigest) {
  const fs::path incoming = Arrive();
  const std::string content = ReadTextFile(incoming);
  const IntakeOutcome outcome = intake_.Take(incoming, "dicom:A@192.0.2.1");
  ASSERT_TRUE(outcome.safe) << outcome.problem;
  EXPECT_EQ(outcome.problem, "");
  EXPECT_EQ(outcome.receipt.kind, Receipt::Kind::kNew);
  EXPECT_TRUE(outcome.receipt.changes_exam);
  EXPECT_EQ(outcome.object.digest, Sha256Hex(content));
  EXPECT_EQ(ReadTextFile(folder_.Path(outcome.object.file)), content);
  const auto row = store_.objects().Find("1.2.3.4");
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->file, outcome.object.file);
  EXPECT_EQ(row->peer, "dicom:A@192.0.2.1");
  EXPECT_TRUE(IncomingIsEmpty());
}

TEST_F(IntakeTest, TellsDuplicatesFromRevisions) {
  const fs::path first = Arrive();
  const fs::path copy = folder_.MakeIncomingPath();
  fs::copy_file(first, copy);
  ASSERT_TRUE(intake_.Take(first, "x").safe);
  const auto again = intake_.Take(copy, "x");
  EXPECT_TRUE(again.safe);
  EXPECT_EQ(again.receipt.kind, Receipt::Kind::kDuplicate);
  const auto changed = intake_.Take(Arrive(Set(DCM_PatientName, "NEW")), "x");
  EXPECT_TRUE(changed.safe);
  EXPECT_EQ(changed.receipt.kind, Receipt::Kind::kRevision);
  EXPECT_TRUE(IncomingIsEmpty());
}

TEST_F(IntakeTest, AsksForTheAnnouncedIdentity) {
  const std::string mg = UID_DigitalMammographyXRayImageStorageForPresentation;
  EXPECT_TRUE(intake_.Take(Arrive(), "x", mg, "1.2.3.4").safe);
  for (const auto& [sop_class, uid] : std::vector<std::pair<std::string, std::string>>{
           {mg, "1.2.3.5"}, {UID_CTImageStorage, "1.2.3.4"}}) {
    const auto other = intake_.Take(Arrive(Set(DCM_PatientName, uid)), "x", sop_class, uid);
    EXPECT_FALSE(other.safe);
    EXPECT_EQ(other.code, ErrorCode::kUsage);
    EXPECT_NE(other.problem.find("announced"), std::string::npos);
  }
  EXPECT_FALSE(store_.objects().Find("1.2.3.5").has_value());
  EXPECT_TRUE(IncomingIsEmpty());
}

TEST_F(IntakeTest, QuarantinesUnreadableObjects) {
  ASSERT_TRUE(intake_.Take(Arrive(), "x").safe);
  const fs::path damaged = Arrive();
  fs::resize_file(damaged, fs::file_size(damaged) / 2);
  const auto outcome = intake_.Take(damaged, "x");
  EXPECT_FALSE(outcome.safe);
  EXPECT_EQ(outcome.code, ErrorCode::kCorrupt);
  EXPECT_EQ(outcome.object.use, ObjectPurpose::kQuarantine);
  EXPECT_TRUE(fs::exists(folder_.Path(outcome.object.file)));
  EXPECT_GT(outcome.receipt.object, 0);  // it has a row
  // What it claims to be is not touched.
  EXPECT_EQ(store_.objects().Find("1.2.3.4")->use, ObjectPurpose::kMeasure);
  EXPECT_TRUE(IncomingIsEmpty());
}

TEST_F(IntakeTest, KeepsOwnResultsOutOfExams) {
  const auto own = intake_.Take(Arrive([](DcmDataset& d) {
                                  Set(DCM_Manufacturer, kObjectManufacturer)(d);
                                  Set(DCM_ManufacturerModelName, kObjectModel)(d);
                                }),
                                "x");
  EXPECT_TRUE(own.safe);
  EXPECT_EQ(own.object.use, ObjectPurpose::kOwnResult);
  EXPECT_FALSE(own.receipt.changes_exam);
  EXPECT_NE(own.problem, "");
}

TEST_F(IntakeTest, ReportsADiskThatCannotBeWritten) {
  // A file in place of the folder of received objects.
  fs::remove(folder_.root() / "received");
  std::ofstream(folder_.root() / "received") << "x";
  const auto outcome = intake_.Take(Arrive(), "x");
  EXPECT_FALSE(outcome.safe);
  EXPECT_EQ(outcome.code, ErrorCode::kIo);
  EXPECT_FALSE(store_.objects().Find("1.2.3.4").has_value());
  EXPECT_TRUE(IncomingIsEmpty());
  EXPECT_EQ(intake_.Take(folder_.MakeIncomingPath(), "x").code, ErrorCode::kIo);
}

TEST_F(IntakeTest, HasRoomUpToReserveAndQuota) {
  config_.retention.reserve_bytes = 0;
  std::string reason;
  EXPECT_TRUE(intake_.HasRoom(&reason)) << reason;
  config_.retention.max_bytes = 1;
  EXPECT_TRUE(intake_.HasRoom());  // nothing is in it yet
  ASSERT_TRUE(intake_.Take(Arrive(), "x").safe);
  EXPECT_FALSE(intake_.HasRoom(&reason));
  EXPECT_NE(reason.find("quota"), std::string::npos) << reason;
  config_.retention.max_bytes = 0;
  config_.retention.reserve_bytes = ~std::uint64_t{0};
  EXPECT_FALSE(intake_.HasRoom(&reason));
  EXPECT_NE(reason.find("free"), std::string::npos) << reason;
}

}  // namespace
}  // namespace mhcnn
