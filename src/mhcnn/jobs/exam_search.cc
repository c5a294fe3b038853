#include "mhcnn/jobs/exam_search.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "mhcnn/base/text.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/exam_order.h"
#include "mhcnn/jobs/exam_rows.h"
#include "mhcnn/jobs/exam_summary.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr int kRowsAtOnce = 500;
/// The newest corrections, among which those of the last seconds are looked for.
constexpr int kNewestCorrections = 200;

/// Place of the key of an order in a row.
constexpr std::size_t kKeyColumn = kExamColumnCount + 4;
/// Names of the four views as the objects have them, in the order of ExamSearchResult::views.
constexpr std::array<const char*, 4> kViewNames = {"R-CC", "L-CC", "R-MLO", "L-MLO"};

/// Exams with the newest correction, where it is of the current revision (CorrectionOfExam).
std::string Select(const std::string& more = {}) {
  return std::string("SELECT ") + kExamColumns + ", c.version, c.category, c.percent, " +
         "CASE WHEN exams.measured = exams.revision THEN 1 ELSE 0 END" + more +
         " FROM exams LEFT JOIN corrections c ON c.exam = exams.id AND c.revision = "
         "exams.revision AND c.version = (SELECT max(version) FROM corrections WHERE "
         "corrections.exam = exams.id)";
}

ExamSearchResult ReadFound(const SqlRow& row) {
  ExamSearchResult found;
  found.exam = ReadExam(row);
  found.correction = row.Int(kExamColumnCount);
  found.category = row.Text(kExamColumnCount + 1);
  found.percent = row.Text(kExamColumnCount + 2);
  found.present = row.Int(kExamColumnCount + 3) != 0;
  return found;
}

/// A part of a text for LIKE with "!" as its escape.
std::string EscapeLike(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '!' || c == '%' || c == '_') escaped += '!';
    escaped += c;
  }
  return escaped;
}

struct Condition {
  std::string where;
  std::vector<SqlValue> values;

  void Add(const std::string& text, const std::vector<SqlValue>& more) {
    where += (where.empty() ? " WHERE " : " AND ") + text;
    values.insert(values.end(), more.begin(), more.end());
  }
};

Condition ToCondition(const ExamQuery& query) {
  const ExamFilter& filter = query.filter;
  Condition condition;
  if (filter.state) condition.Add("exams.state = ?", {static_cast<std::int64_t>(*filter.state)});
  if (!filter.patient_id.empty()) condition.Add("exams.patient_id = ?", {filter.patient_id});
  if (!filter.study_uid.empty()) condition.Add("exams.study_uid = ?", {filter.study_uid});
  if (!filter.study_date_from.empty())
    condition.Add("exams.study_date >= ?", {filter.study_date_from});
  if (!filter.study_date_to.empty())
    condition.Add("exams.study_date <= ? AND exams.study_date <> ''", {filter.study_date_to});
  if (!query.category.empty()) {
    condition.Add(
        "((exams.measured = exams.revision AND exams.summary LIKE ? ESCAPE '!') OR exams.id IN "
        "(SELECT exam FROM corrections WHERE category = ?))",
        {"%\"category\":\"" + EscapeLike(query.category) + "\"%", query.category});
  }
  if (!query.flag.empty())
    condition.Add("exams.measured = exams.revision AND exams.summary LIKE ? ESCAPE '!'",
                  {"%\"" + EscapeLike(query.flag) + "\"%"});
  if (!query.text.empty()) {
    condition.Add(
        "exams.id IN (SELECT id FROM exams WHERE lower(patient_id) LIKE lower(?) ESCAPE '!' UNION "
        "SELECT id FROM exams WHERE study_uid LIKE ? ESCAPE '!')",
        {"%" + EscapeLike(query.text) + "%", EscapeLike(query.text) + "%"});
  }
  return condition;
}

bool MatchesQuery(const ExamSearchResult& found, const ExamQuery& query) {
  if (query.category.empty() && query.flag.empty()) return true;
  const ExamSummary summary(found.exam.summary);
  if (!query.category.empty()) {
    const std::string model = found.present ? summary.Category() : "";
    const std::string& category = found.category.empty() ? model : found.category;
    if (category != query.category) return false;
  }
  if (query.flag.empty()) return true;
  const auto flags = summary.Flags();
  return std::ranges::find(flags, query.flag) != flags.end();
}

/// Reads which views the exams have, and which pictures of them. Within a transaction.
void AddViewFiles(Database& database, std::vector<ExamSearchResult>& exams) {
  if (exams.empty()) return;
  std::map<std::int64_t, ExamSearchResult*> by_id;
  std::string marks;
  std::vector<SqlValue> ids;
  for (ExamSearchResult& found : exams) {
    if (!found.present) continue;
    by_id[found.exam.id] = &found;
    marks += marks.empty() ? "?" : ", ?";
    ids.emplace_back(found.exam.id);
  }
  if (ids.empty()) return;
  for (const SqlRow& row : database.Query(
           "SELECT exam, view_name, sop_uid FROM objects WHERE exam IN (" + marks +
               ") AND superseded IS NULL AND purpose = 0 AND view_name IN ('R-CC', 'L-CC', "
               "'R-MLO', 'L-MLO') ORDER BY id",
           ids)) {
    const auto view = std::ranges::find(kViewNames, row.Text(1)) - kViewNames.begin();
    std::string& uid = by_id.at(row.Number(0))->views.at(static_cast<std::size_t>(view));
    if (uid.empty()) uid = row.Text(2);
  }
  // "+": SQLite would take the index of `removed`, which nearly all rows have in common.
  for (const SqlRow& row :
       database.Query("SELECT exam, revision, file FROM results WHERE exam IN (" + marks +
                          ") AND kind = 'view' AND +removed = 0 AND file LIKE '%-small.jpg'",
                      ids)) {
    ExamSearchResult& found = *by_id.at(row.Number(0));
    const std::string file = row.Text(2);
    if (row.Int(1) == found.exam.revision)
      found.small_pictures.push_back(file.substr(file.rfind('/') + 1));
  }
}

}  // namespace

ExamPage ExamSearch::Find(const ExamQuery& query) {
  const Condition condition = ToCondition(query);
  const OrderKey key = MakeOrderKey(query.order, query.ascending, database_.kind());
  const auto limit = static_cast<std::size_t>(std::max(1, query.filter.limit));
  const bool sifted = !query.category.empty() || !query.flag.empty();
  const auto at_once =
      static_cast<std::int64_t>(sifted ? std::max<std::size_t>(kRowsAtOnce, limit) : limit) + 1;
  return database_.Read([&] {
    ExamPage page;
    std::int64_t before = query.filter.before_id;
    std::string before_key = query.before_key;
    for (;;) {
      Condition here = condition;
      if (before > 0) here.Add(key.After(), key.MakeAfterValues(before_key, before));
      here.values.emplace_back(at_once);
      const auto rows = database_.Query(
          Select(", " + key.expression) + here.where + " ORDER BY " + key.OrderBy() + " LIMIT ?",
          here.values);
      for (const SqlRow& row : rows) {
        ExamSearchResult found = ReadFound(row);
        if (MatchesQuery(found, query)) {
          if (page.exams.size() == limit) {
            page.next = page.exams.back().exam.id;
            AddViewFiles(database_, page.exams);
            return page;
          }
          page.exams.push_back(found);
          page.next_key = row.Text(kKeyColumn);
        }
        before = found.exam.id;
        before_key = row.Text(kKeyColumn);
      }
      if (static_cast<std::int64_t>(rows.size()) < at_once) break;
    }
    page.next_key.clear();
    AddViewFiles(database_, page.exams);
    return page;
  });
}

std::optional<ExamSearchResult> ExamSearch::One(std::int64_t id) {
  return database_.Read([&]() -> std::optional<ExamSearchResult> {
    const auto rows = database_.Query(Select() + " WHERE exams.id = ?", {id});
    if (rows.empty()) return std::nullopt;
    std::vector<ExamSearchResult> found = {ReadFound(rows[0])};
    AddViewFiles(database_, found);
    return found[0];
  });
}

std::vector<ExamSearchResult> ExamSearch::ChangedSince(StoreTime moment, int limit) {
  return database_.Read([&] {
    const std::int64_t since = Milliseconds(moment);
    std::vector<ExamSearchResult> all;
    for (const SqlRow& row : database_.Query(
             Select() +
                 " WHERE exams.id IN (SELECT id FROM exams WHERE state = 0 AND last_received >= ? "
                 "UNION SELECT id FROM exams WHERE state IN (0, 1, 2, 3, 4, 5, 6) AND changed >= ? "
                 "UNION SELECT exam FROM corrections WHERE id > (SELECT coalesce(max(id), 0) FROM "
                 "corrections) - ? AND made >= ?) ORDER BY exams.changed, exams.id LIMIT ?",
             {since, since, std::int64_t{kNewestCorrections}, since, std::int64_t{limit}})) {
      all.push_back(ReadFound(row));
    }
    AddViewFiles(database_, all);
    return all;
  });
}

}  // namespace mhcnn
