#include "mhcnn/jobs/exams.h"

#include <fmt/format.h>

#include <array>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/delivery_groups.h"
#include "mhcnn/jobs/exam_events.h"
#include "mhcnn/jobs/exam_rows.h"

namespace mhcnn {
namespace {

constexpr std::array<const char*, 7> kStates = {"receiving", "waiting", "running",  "done",
                                                "refused",   "dead",    "cancelled"};
constexpr int kAtOnce = 50;         ///< exams that one transaction closes
constexpr int kPersonPriority = 1;  ///< priority of a job that a person asked for; others have 0

std::string Subject(std::int64_t id) { return fmt::format("exam {}", id); }

[[noreturn]] void FailNoExam(std::int64_t id) {
  throw Error(ErrorCode::kUsage, "is not in the store", Subject(id),
              "mhcnn jobs list shows the exams");
}

}  // namespace

const char* ExamStateName(ExamState state) { return kStates.at(static_cast<std::size_t>(state)); }

std::optional<ExamState> ParseExamState(const std::string& word) {
  for (std::size_t i = 0; i < kStates.size(); ++i)
    if (word == kStates[i]) return static_cast<ExamState>(i);
  return std::nullopt;
}

int Exams::CloseComplete() {
  Database& db = database_;
  int total = 0, closed = 0;
  do {
    closed = db.Write([&] {
      const auto rows = db.Query(
          std::string("SELECT ") + kExamColumns +
              ", closes_by_limit FROM exams WHERE closes IS NOT NULL AND closes <= ? ORDER BY "
              "closes LIMIT ?" +
              db.LockFree("exams"),
          {Milliseconds(db.Now()), std::int64_t{kAtOnce}});
      for (const SqlRow& row : rows) {
        const Exam exam = ReadExam(row);
        const bool by_limit = row.Int(kExamColumnCount) != 0, four = HasFourViews(db, exam.id);
        db.Execute("UPDATE exams SET incomplete = ? WHERE id = ?",
                   {std::int64_t{by_limit || !four}, exam.id});
        AddJob(db, exam, 0);
        AddExamEvent(
            db, exam.id,
            fmt::format("complete with {} images as revision {}{}{}", exam.images, exam.revision,
                        by_limit ? ", because images arrived for too long" : "",
                        four ? "" : ", without the four standard views"));
      }
      return static_cast<int>(rows.size());
    });
    total += closed;
  } while (closed == kAtOnce);
  return total;
}

std::optional<StoreTime> Exams::NextComplete() {
  return database_.Read([&]() -> std::optional<StoreTime> {
    const auto rows = database_.Query("SELECT min(closes) FROM exams WHERE closes IS NOT NULL");
    if (rows.empty() || rows[0].IsNull(0)) return std::nullopt;
    return rows[0].Time(0);
  });
}

std::vector<Exam> Exams::List(const ExamFilter& filter) {
  std::string where;
  std::vector<SqlValue> values;
  const auto add = [&](const char* condition, SqlValue value) {
    where += (where.empty() ? " WHERE " : " AND ") + std::string(condition);
    values.push_back(std::move(value));
  };
  if (filter.state) add("state = ?", static_cast<std::int64_t>(*filter.state));
  if (!filter.patient_id.empty()) add("patient_id = ?", filter.patient_id);
  if (!filter.study_uid.empty()) add("study_uid = ?", filter.study_uid);
  if (!filter.study_date_from.empty()) add("study_date >= ?", filter.study_date_from);
  if (!filter.study_date_to.empty()) {
    add("study_date <= ?", filter.study_date_to);
    add("study_date <> ?", std::string());
  }
  if (filter.before_id > 0) add("id < ?", filter.before_id);
  values.emplace_back(std::int64_t{filter.limit});
  return database_.Read([&] {
    std::vector<Exam> exams;
    for (const SqlRow& row : database_.Query(std::string("SELECT ") + kExamColumns + " FROM exams" +
                                                 where + " ORDER BY id DESC LIMIT ?",
                                             values)) {
      exams.push_back(ReadExam(row));
    }
    return exams;
  });
}

std::optional<Exam> Exams::Find(std::int64_t id) {
  return database_.Read([&] { return FindExam(database_, id); });
}

std::optional<Exam> Exams::FindStudy(const std::string& study_uid) {
  if (study_uid.empty()) return std::nullopt;
  ExamFilter filter;
  filter.study_uid = study_uid;
  const auto exams = List(filter);
  return exams.empty() ? std::nullopt : std::optional(exams[0]);
}

std::vector<std::int64_t> Exams::Counts() {
  return database_.Read([&] {
    std::vector<std::int64_t> counts(kStates.size(), 0);
    for (const SqlRow& row : database_.Query("SELECT state, count(*) FROM exams GROUP BY state"))
      counts.at(static_cast<std::size_t>(row.Int(0))) = row.Number(1);
    return counts;
  });
}

std::vector<ExamEvent> Exams::History(std::int64_t id) {
  return database_.Read([&] {
    std::vector<ExamEvent> events;
    for (const SqlRow& row : database_.Query(
             "SELECT moment, message FROM exam_events WHERE exam = ? ORDER BY id", {id}))
      events.push_back({row.Time(0), row.Text(1)});
    return events;
  });
}

std::vector<Exam> Exams::Priors(const Exam& exam) {
  return database_.Read([&] { return ListPriorExams(database_, exam); });
}

void Exams::Retry(std::int64_t id) {
  Database& db = database_;
  const auto retry = [&] {
    const std::optional<Exam> exam = LockExam(db, id);
    if (!exam) FailNoExam(id);
    if (exam->state < ExamState::kDone) {
      throw Error(ErrorCode::kUsage,
                  fmt::format("is {} and needs no new job", ExamStateName(exam->state)),
                  Subject(id), fmt::format("mhcnn jobs show {} explains what it waits for", id));
    }
    if (ListExamImages(db, id).empty()) {
      throw Error(ErrorCode::kUsage, "has no images in the store", Subject(id),
                  "send its images again");
    }
    AddJob(db, *exam, kPersonPriority);
    AddExamEvent(db, id, fmt::format("retried by a person; it was {}", ExamStateName(exam->state)));
  };
  // Repeated after a commit that nobody knows of, it would fail as the exam has its job then.
  db.Write(retry, Repeat::kUnlessCommitting);
}

void Exams::Cancel(std::int64_t id, const std::string& who) {
  Database& db = database_;
  const auto cancel = [&] {
    const std::optional<Exam> exam = LockExam(db, id);
    if (!exam) FailNoExam(id);
    if (exam->state == ExamState::kCancelled)
      throw Error(ErrorCode::kUsage, "is cancelled already", Subject(id));
    GiveUpJobs(db, id, true);
    const int given_up = GiveUpDeliveries(db, id);
    SetExamState(db, id, ExamState::kCancelled, "cancelled by " + ToDisplayText(who));
    AddExamEvent(db, id,
                 fmt::format("cancelled by {}; it was {}; {} deliveries given up", who,
                             ExamStateName(exam->state), given_up));
  };
  db.Write(cancel, Repeat::kUnlessCommitting);
}

}  // namespace mhcnn
