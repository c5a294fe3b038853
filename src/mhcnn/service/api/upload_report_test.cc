#include "mhcnn/service/api/upload_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/header_changes.h"
#include "mhcnn/testing/tar_files.h"
#include "mhcnn/testing/zip_files.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

BodyIntake::Taken Stored(const std::string& uid, Receipt::Kind kind = Receipt::Kind::kNew) {
  BodyIntake::Taken taken;
  taken.outcome.safe = true;
  taken.outcome.object.sop_uid = uid;
  taken.outcome.object.study_uid = "1.2";
  taken.outcome.receipt.kind = kind;
  return taken;
}

BodyIntake::Taken Failed(ErrorCode code, bool too_large = false) {
  BodyIntake::Taken taken;
  taken.outcome.code = code;
  taken.outcome.problem = "is wrong";
  taken.remedy = "send another";
  taken.too_large = too_large;
  return taken;
}

TEST(UploadReport, ListsWhatWasStored) {
  UploadReport report;
  report.Add("a", Stored("1.2.3"));
  report.Add("b", Stored("1.2.4", Receipt::Kind::kDuplicate));
  auto kept = Stored("1.2.5");
  kept.outcome.problem = "is a tomosynthesis volume\n";
  report.Add("c", kept);
  EXPECT_EQ(report.size(), 3u);
  const HttpResponse answer = report.Answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(json::parse(answer.body), json::parse(R"({"stored": [
      {"sop_uid": "1.2.3", "study_uid": "1.2", "duplicate": false, "measured": true},
      {"sop_uid": "1.2.4", "study_uid": "1.2", "duplicate": true, "measured": true},
      {"sop_uid": "1.2.5", "study_uid": "1.2", "duplicate": false, "measured": false,
       "reason": "is a tomosynthesis volume\\x0A"}], "failed": []})"));
}

TEST(UploadReport, ListsWhatFailedWithNameAndRemedy) {
  UploadReport report;
  report.Add("sub/a\xFF.dcm", Failed(ErrorCode::kCorrupt));
  report.AddFailed("b.zip", "is damaged", "");
  const HttpResponse answer = report.Answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json::parse(answer.body), json::parse(R"({"stored": [], "failed": [
      {"name": "sub/a\\xFF.dcm", "problem": "is wrong", "remedy": "send another"},
      {"name": "b.zip", "problem": "is damaged", "remedy": ""}]})"));
}

TEST(UploadReport, ShowsTheEndOfLongName) {
  UploadReport report;
  report.AddFailed(std::string(5'000, 'a') + "/end.dcm", "is wrong", "");
  const std::string name = json::parse(report.Answer().body).at("failed")[0].at("name");
  EXPECT_LT(name.size(), 400u);
  EXPECT_TRUE(name.ends_with("a/end.dcm"));
}

TEST(UploadReport, AsksToComeAgainWhereAllFailedForLackOfResources) {
  UploadReport report;
  EXPECT_EQ(report.Answer().status, 200) << "of no files";
  report.Add("a", Failed(ErrorCode::kIo));
  report.Add("b", Failed(ErrorCode::kLimit));
  EXPECT_EQ(report.Answer().status, 503);
  EXPECT_EQ(report.Answer().fields, (HttpFields{{"Retry-After", "300"}}));
  UploadReport also_stored = report;
  also_stored.Add("c", Stored("1.2.3"));
  EXPECT_EQ(also_stored.Answer().status, 200);
  UploadReport also_wrong = report;
  also_wrong.Add("c", Failed(ErrorCode::kCorrupt));
  EXPECT_EQ(also_wrong.Answer().status, 200);
  UploadReport large;
  large.Add("a", Failed(ErrorCode::kLimit, true));
  EXPECT_EQ(large.Answer().status, 200) << "it is too large another time too";
}

TEST(CheckDicomObject, TakesDicomFilesAlone) {
  const ScratchFolder folder;
  WriteChanged(folder / "image", [](DcmDataset&) {});
  EXPECT_NO_THROW(CheckDicomObject(folder / "image"));

  ASSERT_TRUE(WriteZip(folder / "zip", {{"a", "b"}}));
  WriteFileAtomically(folder / "tar",
                      testing_support::TarEntry("a", "b") + std::string(1024, '\0'));
  WriteFileAtomically(folder / "text", std::string_view("text"));
  WriteFileAtomically(folder / "empty", std::string_view(""));
  for (const auto& [file, said] : {std::pair{"zip", "is an archive"},
                                   {"tar", "is an archive"},
                                   {"text", "DICOM file"},
                                   {"empty", "DICOM file"}}) {
    EXPECT_THAT(ErrorMessage([&] { CheckDicomObject(folder / file); }, ErrorCode::kUnsupported),
                HasSubstr(said))
        << file;
  }
}

TEST(CheckDicomObject, RefusesListOfFiles) {
  const ScratchFolder folder;
  DcmFileFormat file;
  file.getDataset()->putAndInsertString(DCM_FileSetID, "SET");
  file.getMetaInfo()->putAndInsertString(DCM_MediaStorageSOPClassUID, "1.2.840.10008.1.3.10");
  file.getMetaInfo()->putAndInsertString(DCM_MediaStorageSOPInstanceUID, "1.2.3");
  ASSERT_TRUE(file.saveFile(OFFilename((folder / "DICOMDIR").c_str()), EXS_LittleEndianExplicit,
                            EET_ExplicitLength, EGL_recalcGL, EPD_noChange, 0, 0,
                            EWM_dontUpdateMeta)
                  .good());
  EXPECT_THAT(ErrorMessage([&] { CheckDicomObject(folder / "DICOMDIR"); }, ErrorCode::kUnsupported),
              HasSubstr("DICOMDIR"));
}

}  // namespace
}  // namespace mhcnn
