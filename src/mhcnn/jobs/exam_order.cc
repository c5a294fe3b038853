#include "mhcnn/jobs/exam_order.h"

#include <charconv>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

/// A figure of the summary where it is of the present revision, else NULL.
std::string Figure(const char* name, DatabaseKind kind) {
  const std::string value = kind == DatabaseKind::kSqlite
                                ? std::string("json_extract(exams.summary, '$.") + name + "')"
                                : std::string("(CAST(exams.summary AS json) ->> '") + name + "')";
  return "CASE WHEN exams.measured = exams.revision AND exams.summary LIKE '{%' THEN " + value +
         " END";
}

}  // namespace

OrderKey MakeOrderKey(ExamOrder order, bool ascending, DatabaseKind kind) {
  OrderKey key;
  key.ascending = ascending;
  // Exams without a value come last in both directions: after U+10FFFF nothing is written.
  const auto text = [&](const std::string& value) {
    key.expression =
        "coalesce(nullif(" + value + ", ''), " + (ascending ? "'\xF4\x8F\xBF\xBF'" : "''") + ")";
    // By the bytes, as SQLite does, and not by the language of the database.
    if (kind == DatabaseKind::kPostgresql) key.expression += " COLLATE \"C\"";
  };
  switch (order) {
    case ExamOrder::kReceived:
      key.expression = "exams.id";
      key.number = key.received = true;
      break;
    case ExamOrder::kStudyDate:
      text("exams.study_date");
      break;
    case ExamOrder::kPatient:
      text("exams.patient_id");
      break;
    case ExamOrder::kState:
      key.expression = "exams.state";
      key.number = true;
      break;
    case ExamOrder::kPercent:
      key.number = true;
      key.expression = "coalesce(CAST(round(CAST(coalesce(nullif(c.percent, ''), " +
                       Figure("percent_density", kind) + ") AS DOUBLE PRECISION) * 1000000) " +
                       "AS BIGINT), " + (ascending ? "1000000000" : "-1") + ")";
      break;
    case ExamOrder::kCategory:
      text("coalesce(nullif(c.category, ''), " + Figure("category", kind) + ")");
      break;
  }
  return key;
}

std::string OrderKey::After() const {
  const char* beyond = ascending ? " > ?" : " < ?";
  if (received) return expression + beyond;
  return "(" + expression + beyond + " OR (" + expression + " = ? AND exams.id < ?))";
}

std::vector<SqlValue> OrderKey::MakeAfterValues(const std::string& key, std::int64_t id) const {
  if (received) return {id};
  if (!number) return {key, key, id};
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(key.data(), key.data() + key.size(), value);
  if (problem != std::errc() || end != key.data() + key.size())
    throw Error(ErrorCode::kUsage, "is not a place in this list", "the page");
  return {value, value, id};
}

std::string OrderKey::OrderBy() const {
  const char* direction = ascending ? " ASC" : " DESC";
  if (received) return expression + direction;
  return expression + direction + ", exams.id DESC";
}

}  // namespace mhcnn
