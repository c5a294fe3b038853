#include "mhcnn/jobs/exam_search.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/text.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/exam_rows.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr int kRowsAtOnce = 500;
/// The newest corrections, among which those of the last seconds are looked for.
constexpr int kNewestCorrections = 200;

/// Exams with the newest correction, where it is of the current revision.
std::string Select() {
  return std::string("SELECT ") + kExamColumns +
         ", c.version, c.category, c.percent FROM exams LEFT JOIN corrections c ON c.exam = "
         "exams.id AND c.revision = exams.revision AND c.version = (SELECT max(version) FROM "
         "corrections WHERE corrections.exam = exams.id)";
}

FoundExam ReadFound(const SqlRow& row) {
  FoundExam found;
  found.exam = ReadExam(row);
  found.correction = row.Int(kExamColumnCount);
  found.category = row.Text(kExamColumnCount + 1);
  found.percent = row.Text(kExamColumnCount + 2);
  return found;
}

/// A part of a text for LIKE with "!" as its escape.
std::string LikePart(const std::string& text) {
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
        "(exams.summary LIKE ? ESCAPE '!' OR exams.id IN (SELECT exam FROM corrections WHERE "
        "category = ?))",
        {"%\"category\":\"" + LikePart(query.category) + "\"%", query.category});
  }
  if (!query.flag.empty())
    condition.Add("exams.summary LIKE ? ESCAPE '!'", {"%\"" + LikePart(query.flag) + "\"%"});
  if (!query.text.empty()) {
    condition.Add(
        "exams.id IN (SELECT id FROM exams WHERE lower(patient_id) LIKE lower(?) ESCAPE '!' UNION "
        "SELECT id FROM exams WHERE study_uid LIKE ? ESCAPE '!')",
        {"%" + LikePart(query.text) + "%", LikePart(query.text) + "%"});
  }
  return condition;
}

bool Fits(const FoundExam& found, const ExamQuery& query) {
  if (!query.category.empty()) {
    const std::string category =
        found.category.empty() ? SummaryCategory(found.exam.summary) : found.category;
    if (category != query.category) return false;
  }
  if (query.flag.empty()) return true;
  const auto flags = SummaryFlags(found.exam.summary);
  return std::ranges::find(flags, query.flag) != flags.end();
}

json Parsed(const std::string& summary) {
  json value = summary.empty() ? json() : json::parse(summary, nullptr, false);
  return value.is_object() ? value : json::object();
}

}  // namespace

ExamPage ExamSearch::Find(const ExamQuery& query) {
  const Condition condition = ToCondition(query);
  const auto limit = static_cast<std::size_t>(std::max(1, query.filter.limit));
  const bool sifted = !query.category.empty() || !query.flag.empty();
  const auto at_once =
      static_cast<std::int64_t>(sifted ? std::max<std::size_t>(kRowsAtOnce, limit) : limit) + 1;
  return database_.Read([&] {
    ExamPage page;
    for (std::int64_t before = query.filter.before_id;;) {
      Condition here = condition;
      if (before > 0) here.Add("exams.id < ?", {before});
      here.values.emplace_back(at_once);
      const auto rows =
          database_.Query(Select() + here.where + " ORDER BY exams.id DESC LIMIT ?", here.values);
      for (const SqlRow& row : rows) {
        FoundExam found = ReadFound(row);
        before = found.exam.id;
        if (!Fits(found, query)) continue;
        if (page.exams.size() == limit) {
          page.next = page.exams.back().exam.id;
          return page;
        }
        page.exams.push_back(std::move(found));
      }
      if (static_cast<std::int64_t>(rows.size()) < at_once) return page;
    }
  });
}

std::optional<FoundExam> ExamSearch::One(std::int64_t id) {
  return database_.Read([&]() -> std::optional<FoundExam> {
    const auto rows = database_.Query(Select() + " WHERE exams.id = ?", {id});
    return rows.empty() ? std::nullopt : std::optional(ReadFound(rows[0]));
  });
}

std::vector<FoundExam> ExamSearch::ChangedSince(StoreTime moment, int limit) {
  return database_.Read([&] {
    const std::int64_t since = Milliseconds(moment);
    std::vector<FoundExam> all;
    for (const SqlRow& row : database_.Query(
             Select() +
                 " WHERE exams.id IN (SELECT id FROM exams WHERE state = 0 AND last_received >= ? "
                 "UNION SELECT id FROM exams WHERE state IN (0, 1, 2, 3, 4, 5, 6) AND changed >= ? "
                 "UNION SELECT exam FROM corrections WHERE id > (SELECT coalesce(max(id), 0) FROM "
                 "corrections) - ? AND made >= ?) ORDER BY exams.changed, exams.id LIMIT ?",
             {since, since, std::int64_t{kNewestCorrections}, since, std::int64_t{limit}})) {
      all.push_back(ReadFound(row));
    }
    return all;
  });
}

std::string SummaryCategory(const std::string& summary) {
  const json value = Parsed(summary);
  const auto category = value.find("category");
  return category != value.end() && category->is_string() ? category->get<std::string>() : "";
}

std::vector<std::string> SummaryFlags(const std::string& summary) {
  const json value = Parsed(summary);
  std::vector<std::string> flags;
  const auto found = value.find("flags");
  if (found == value.end() || !found->is_array()) return flags;
  for (const json& flag : *found) {
    if (flag.is_string()) flags.push_back(flag);
  }
  return flags;
}

}  // namespace mhcnn
