#include "mhcnn/jobs/exam_rows.h"

#include <algorithm>

#include "mhcnn/base/text.h"
#include "mhcnn/jobs/database.h"

namespace mhcnn {
namespace {

constexpr int kMaxPriors = 20;

std::int64_t Number(JobState state) { return static_cast<std::int64_t>(state); }

}  // namespace

const char kExamColumns[] =
    "exams.id, exams.study_uid, exams.patient_id, exams.issuer, exams.study_date, exams.state, "
    "exams.revision, exams.first_received, exams.last_received, exams.changed, exams.images, "
    "exams.incomplete, exams.reason, exams.summary, exams.closes";

Exam ReadExam(const SqlRow& row) {
  Exam exam;
  exam.id = row.Number(0);
  exam.study_uid = row.Text(1);
  exam.patient_id = row.Text(2);
  exam.issuer = row.Text(3);
  exam.study_date = row.Text(4);
  exam.state = static_cast<ExamState>(row.Int(5));
  exam.revision = row.Int(6);
  exam.first_received = row.Time(7);
  exam.last_received = row.Time(8);
  exam.changed = row.Time(9);
  exam.images = row.Int(10);
  exam.incomplete = row.Int(11) != 0;
  exam.reason = row.Text(12);
  exam.summary = row.Text(13);
  if (!row.IsNull(14)) exam.closes = row.Time(14);
  return exam;
}

const char kObjectColumns[] =
    "sop_uid, sop_class_uid, series_uid, study_uid, patient_id, issuer, study_date, digest, "
    "image_digest, demographics_digest, view_name, file, bytes, peer, purpose, reason";

ReceivedObject ReadObject(const SqlRow& row) {
  ReceivedObject object;
  object.sop_uid = row.Text(0);
  object.sop_class_uid = row.Text(1);
  object.series_uid = row.Text(2);
  object.study_uid = row.Text(3);
  object.patient_id = row.Text(4);
  object.issuer = row.Text(5);
  object.study_date = row.Text(6);
  object.digest = row.Text(7);
  object.image_digest = row.Text(8);
  object.demographics_digest = row.Text(9);
  object.view = row.Text(10);
  object.file = PathFromText(row.Text(11));
  object.bytes = static_cast<std::uint64_t>(row.Number(12));
  object.peer = row.Text(13);
  object.use = static_cast<ObjectPurpose>(row.Int(14));
  object.reason = row.Text(15);
  return object;
}

std::string ToPathText(const std::filesystem::path& path) { return EscapeText(path.string()); }

std::filesystem::path PathFromText(const std::string& text) { return UnescapeText(text); }

std::optional<Exam> FindExam(Database& database, std::int64_t id) {
  const auto rows =
      database.Query(std::string("SELECT ") + kExamColumns + " FROM exams WHERE id = ?", {id});
  return rows.empty() ? std::nullopt : std::optional(ReadExam(rows[0]));
}

std::optional<Exam> LockExam(Database& database, std::int64_t id) {
  const auto rows = database.Query(
      std::string("SELECT ") + kExamColumns + " FROM exams WHERE id = ?" + database.Lock("exams"),
      {id});
  return rows.empty() ? std::nullopt : std::optional(ReadExam(rows[0]));
}

std::vector<ReceivedObject> ListExamImages(Database& database, std::int64_t exam) {
  std::vector<ReceivedObject> images;
  for (const SqlRow& row :
       database.Query(std::string("SELECT ") + kObjectColumns +
                          " FROM objects WHERE exam = ? AND superseded IS NULL AND purpose = 0 AND "
                          "removed = 0 ORDER BY id",
                      {exam})) {
    images.push_back(ReadObject(row));
  }
  return images;
}

bool HasFourViews(Database& database, std::int64_t exam) {
  return database
             .Query(
                 "SELECT DISTINCT view_name FROM objects WHERE exam = ? AND superseded IS NULL "
                 "AND purpose = 0 AND removed = 0 AND "
                 "view_name IN ('L-CC', 'L-MLO', 'R-CC', 'R-MLO')",
                 {exam})
             .size() == 4;
}

std::vector<Exam> ListPriorExams(Database& database, const Exam& exam) {
  std::vector<Exam> priors;
  if (exam.patient_id.empty()) return priors;
  const bool dated = !exam.study_date.empty();
  for (const SqlRow& row : database.Query(
           std::string("SELECT ") + kExamColumns +
               " FROM exams WHERE patient_id = ? AND issuer = ? AND id <> ? AND measured > 0 AND "
               "state <> ? AND (CASE WHEN study_date = '' OR " +
               (dated ? "1 = 0" : "1 = 1") +
               " THEN id < ? ELSE study_date < ? END) ORDER BY study_date DESC, id DESC LIMIT ?",
           {exam.patient_id, exam.issuer, exam.id, std::int64_t(ExamState::kCancelled), exam.id,
            exam.study_date, std::int64_t(kMaxPriors)})) {
    priors.push_back(ReadExam(row));
  }
  std::reverse(priors.begin(), priors.end());
  return priors;
}

void SetExamState(Database& database, std::int64_t exam, ExamState state,
                  const std::string& reason) {
  database.Execute(
      "UPDATE exams SET state = ?, reason = ?, changed = ?, closes = NULL WHERE id = ?",
      {std::int64_t(state), reason, Milliseconds(database.Now()), exam});
}

void AddJob(Database& database, const Exam& exam, int priority) {
  const std::int64_t now = Milliseconds(database.Now());
  database.Execute(
      "INSERT INTO jobs (exam, revision, state, priority, due, made, attempt, failures, worker, "
      "error) VALUES (?, ?, ?, ?, ?, ?, 0, 0, '', '')",
      {exam.id, std::int64_t{exam.revision}, Number(JobState::kReady), std::int64_t{priority}, now,
       now});
  SetExamState(database, exam.id, ExamState::kWaiting, "");
}

void GiveUpJobs(Database& database, std::int64_t exam, bool running) {
  database.Execute("UPDATE jobs SET state = ?, due = NULL WHERE exam = ? AND state BETWEEN ? AND ?",
                   {Number(JobState::kSuperseded), exam, Number(JobState::kReady),
                    Number(running ? JobState::kRunning : JobState::kReady)});
}

}  // namespace mhcnn
