#include "mhcnn/jobs/corrections.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/exam_events.h"
#include "mhcnn/jobs/exam_rows.h"
#include "mhcnn/jobs/exam_summary.h"

namespace mhcnn {
namespace {

constexpr int kPersonPriority = 1;  ///< priority of a job that a person asked for; others have 0
constexpr std::size_t kMaxCommentBytes = 2000, kMaxAuthorBytes = 256, kAtOnce = 500;

constexpr const char* kColumns =
    "exam, revision, version, category, percent, comment, author, made, model_category, "
    "model_percent";
constexpr const char* kIsNewest =
    "version = (SELECT max(version) FROM corrections AS others WHERE others.exam = "
    "corrections.exam)";

Correction ReadCorrection(const SqlRow& row) {
  Correction correction;
  correction.exam = row.Number(0);
  correction.revision = row.Int(1);
  correction.version = row.Int(2);
  correction.category = row.Text(3);
  correction.percent = row.Text(4);
  correction.comment = row.Text(5);
  correction.author = row.Text(6);
  correction.made = row.Time(7);
  correction.model_category = row.Text(8);
  correction.model_percent = row.Text(9);
  return correction;
}

std::vector<Correction> Select(Database& db, const std::string& rest,
                               const std::vector<SqlValue>& values) {
  std::vector<Correction> corrections;
  for (const SqlRow& row :
       db.Query(std::string("SELECT ") + kColumns + " FROM corrections " + rest, values))
    corrections.push_back(ReadCorrection(row));
  return corrections;
}

/// Returns a percent in the digits of the tables.
std::string PercentDigits(double percent) { return fmt::format("{:.1f}", percent); }

/// The model's figures of the exam.
void ReadModel(const std::string& text, Correction& correction) {
  const ExamSummary summary(text);
  correction.model_category = summary.Category();
  if (const auto percent = summary.Number("percent_density"))
    correction.model_percent = PercentDigits(*percent);
}

std::string ModelFigures(const std::string& category, const std::string& percent) {
  std::string text = category.empty() ? "" : "category " + category;
  if (!percent.empty()) text += (text.empty() ? "" : ", ") + percent + " %";
  return text.empty() ? "none" : text;
}

/// Returns why the exam accepts no correction of this revision and version; kAdded if it does.
CorrectionAnswer::Kind Verdict(Database& db, const Exam& exam, const NewCorrection& said,
                               int newest) {
  using Kind = CorrectionAnswer::Kind;
  if (exam.revision != said.revision) return Kind::kOtherRevision;
  if (newest != said.version) return Kind::kOtherVersion;
  const int measured = db.Query("SELECT measured FROM exams WHERE id = ?", {exam.id}).at(0).Int(0);
  const bool out = exam.state == ExamState::kCancelled || exam.state == ExamState::kRefused;
  if (measured != exam.revision || out) return Kind::kNotMeasured;
  if (ListExamImages(db, exam.id).empty()) return Kind::kNoImages;
  return Kind::kAdded;
}

void Insert(Database& db, const Correction& c) {
  db.Execute(std::string("INSERT INTO corrections (") + kColumns +
                 ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {c.exam, std::int64_t{c.revision}, std::int64_t{c.version}, c.category, c.percent,
              c.comment, c.author, Milliseconds(c.made), c.model_category, c.model_percent});
}

}  // namespace

bool Correction::accepted() const {
  return category == model_category && (percent.empty() || percent == model_percent);
}

void NewCorrection::Check() const {
  const auto fail = [](const char* field, const std::string& problem) {
    throw Error(ErrorCode::kUsage, problem, field);
  };
  if (category.size() != 1 || category[0] < 'a' || category[0] > 'd')
    fail("category", "must be a, b, c or d");
  if (percent && !(std::isfinite(*percent) && *percent >= 0 && *percent <= 100))
    fail("percent", "must be 0 to 100");
  if (comment.size() > kMaxCommentBytes)
    fail("comment", fmt::format("must have at most {} bytes", kMaxCommentBytes));
  if (!IsUtf8(comment)) fail("comment", "must be UTF-8");
  if (author.empty() || author.size() > kMaxAuthorBytes || !IsUtf8(author))
    fail("author", fmt::format("must be UTF-8 of 1 to {} bytes", kMaxAuthorBytes));
}

CorrectionAnswer Corrections::Add(const NewCorrection& said) {
  said.Check();
  Database& db = database_;
  const auto add = [&] {
    CorrectionAnswer answer;
    const std::optional<Exam> exam = LockExam(db, said.exam);
    if (!exam) {
      answer.kind = CorrectionAnswer::Kind::kNoExam;
      return answer;
    }
    answer.revision = exam->revision;
    answer.correction = NewestCorrection(db, said.exam);
    const int newest = answer.correction ? answer.correction->version : 0;
    answer.kind = Verdict(db, *exam, said, newest);
    if (answer.kind != CorrectionAnswer::Kind::kAdded) return answer;
    Correction made{said.exam,   said.revision,
                    newest + 1,  said.category,
                    "",          said.comment,
                    said.author, db.Now(),
                    "",          ""};
    if (said.percent) made.percent = PercentDigits(*said.percent);
    ReadModel(exam->summary, made);
    Insert(db, made);
    GiveUpJobs(db, exam->id, true);
    AddJob(db, *exam, kPersonPriority);
    AddExamEvent(db, exam->id,
                 fmt::format("{} by reader {}: {} (model: {}); version {}, of revision {}; the "
                             "results are written again",
                             made.accepted() ? "accepted" : "corrected", made.author,
                             ModelFigures(made.category, made.percent),
                             ModelFigures(made.model_category, made.model_percent), made.version,
                             made.revision));
    answer.correction = std::move(made);
    return answer;
  };
  // Repeated after a commit that nobody knows of, it would find its own version as another's.
  return db.Write(add, Repeat::kUnlessCommitting);
}

std::optional<Correction> NewestCorrection(Database& database, std::int64_t exam) {
  const auto found = Select(database, "WHERE exam = ? ORDER BY version DESC LIMIT 1", {exam});
  return found.empty() ? std::nullopt : std::optional(found[0]);
}

std::optional<Correction> Corrections::Newest(std::int64_t exam) {
  return database_.Read([&] { return NewestCorrection(database_, exam); });
}

std::vector<Correction> Corrections::NewestForExams(const std::vector<std::int64_t>& exams) {
  return database_.Read([&] {
    std::vector<Correction> all;
    for (std::size_t from = 0; from < exams.size(); from += kAtOnce) {
      std::string marks;
      std::vector<SqlValue> values;
      for (std::size_t i = from; i < std::min(exams.size(), from + kAtOnce); ++i) {
        marks += marks.empty() ? "?" : ", ?";
        values.emplace_back(exams[i]);
      }
      const auto found =
          Select(database_, "WHERE exam IN (" + marks + ") AND " + kIsNewest, values);
      all.insert(all.end(), found.begin(), found.end());
    }
    return all;
  });
}

std::vector<Correction> Corrections::ListForExam(std::int64_t exam) {
  return database_.Read(
      [&] { return Select(database_, "WHERE exam = ? ORDER BY version", {exam}); });
}

std::vector<Correction> Corrections::Since(StoreTime moment, int limit, std::int64_t after) {
  return database_.Read([&] {
    return Select(database_,
                  std::string("WHERE made >= ? AND (made > ? OR exam > ?) AND ") + kIsNewest +
                      " ORDER BY made, exam LIMIT ?",
                  {Milliseconds(moment), Milliseconds(moment), after, std::int64_t{limit}});
  });
}

}  // namespace mhcnn
