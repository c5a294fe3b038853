#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "mhcnn/base/sha256.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/testing/postgres_server.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn::testing_support {

/// A clock that a test moves by hand.
class HandClock {
 public:
  StoreTime Now() const { return StoreTime(std::chrono::milliseconds(now_->load())); }
  void Advance(std::chrono::milliseconds time) { *now_ += time.count(); }
  StoreClock clock() const {
    return [now = now_] { return StoreTime(std::chrono::milliseconds(now->load())); };
  }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> now_ =
      std::make_shared<std::atomic<std::int64_t>>(1'800'000'000'000);
};

/// Makes a mammogram as a receiver would pass it on; what is not given follows from the UID.
inline ReceivedObject SampleImage(const std::string& sop_uid, const std::string& study_uid,
                                  const std::string& view = "", const std::string& content = "") {
  ReceivedObject object;
  object.sop_uid = sop_uid;
  object.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";
  object.series_uid = study_uid + ".1";
  object.study_uid = study_uid;
  object.patient_id = "patient-of-" + study_uid;
  object.issuer = "TEST";
  object.study_date = "20260102";
  object.image_digest = Sha256Hex(sop_uid + "|" + content);
  object.demographics_digest = Sha256Hex(object.patient_id + study_uid);
  object.digest = Sha256Hex(object.image_digest + object.demographics_digest);
  object.view = view;
  object.file = "received/" + object.digest.substr(0, 2) + "/" + object.digest + ".dcm";
  object.bytes = 1000;
  object.peer = "dicom:SENDER@192.0.2.1";
  return object;
}

/// Makes a result as a worker would pass it on; UID and digest follow from the kind and content.
inline ResultFile SampleResult(const std::string& kind, const std::string& content,
                               const std::vector<std::string>& destinations) {
  ResultFile result;
  result.sop_uid = "2.25." + kind + "." + content;
  result.sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.34";
  result.kind = kind;
  result.file = "results/" + kind + "-" + content;
  result.digest = Sha256Hex(result.sop_uid);
  result.destinations = destinations;
  result.bytes = 10;
  return result;
}

/// A test that runs on both kinds of database, each time on an empty one.
class JobStoreTest : public ::testing::TestWithParam<DatabaseKind> {
 protected:
  void SetUp() override {
    if (GetParam() == DatabaseKind::kSqlite) {
      url_ = "sqlite:" + (folder_ / "node.db").string();
      return;
    }
    if (const std::string problem = PostgresServer::Missing(); !problem.empty())
      GTEST_SKIP() << problem;
    url_ = PostgresServer::Shared().NewDatabase();
  }
  /// Returns the options of the store; with the hand clock unless a test wants the database's own.
  JobStoreOptions Options(bool hand_clock = true) const {
    JobStoreOptions options;
    options.url = url_;
    if (hand_clock) options.clock = clock_.clock();
    return options;
  }
  /// Returns the store, which the first call opens.
  JobStore& store() {
    if (!store_) store_ = std::make_unique<JobStore>(Options());
    return *store_;
  }
  /// Adds the image and returns its receipt.
  Receipt Add(const ReceivedObject& object) { return store().objects().Add(object, rules_); }
  /// Adds one image of the study and closes the exam. Returns it.
  Exam ClosedExam(const std::string& study_uid) {
    Add(SampleImage(study_uid + ".1.1", study_uid));
    return Close(study_uid);
  }
  /// Closes all exams and returns that of the study.
  Exam Close(const std::string& study_uid) {
    clock_.Advance(rules_.quiet);
    store().exams().CloseComplete();
    return store().exams().FindStudy(study_uid).value();
  }
  ExamJob Claim(const std::string& worker = "w1") {
    return store().work().Claim(worker, work_).value();
  }
  /// Receives, closes, claims and finishes an exam with these results. Returns it.
  Exam FinishedExam(const std::string& study_uid, const std::vector<ResultFile>& results) {
    ClosedExam(study_uid);
    EXPECT_TRUE(store().work().Finish(Claim(), "{}", false, results));
    return store().exams().FindStudy(study_uid).value();
  }
  Exam Find(std::int64_t id) { return store().exams().Find(id).value(); }

  ScratchFolder folder_;
  HandClock clock_;
  CompletenessRules rules_;
  WorkRules work_;
  DeliveryRules delivery_;
  std::string url_;

 private:
  std::unique_ptr<JobStore> store_;
};

/// Returns the name of a test's parameter.
inline std::string KindName(const ::testing::TestParamInfo<DatabaseKind>& info) {
  return info.param == DatabaseKind::kSqlite ? "Sqlite" : "Postgresql";
}

/// Runs the tests of a fixture that is derived from JobStoreTest on both databases.
#define MHCNN_ON_BOTH_DATABASES(fixture)                                                 \
  INSTANTIATE_TEST_SUITE_P(                                                              \
      Store, fixture,                                                                    \
      ::testing::Values(mhcnn::DatabaseKind::kSqlite, mhcnn::DatabaseKind::kPostgresql), \
      mhcnn::testing_support::KindName)

}  // namespace mhcnn::testing_support
