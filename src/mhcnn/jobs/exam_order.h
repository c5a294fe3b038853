#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/exam_search.h"

namespace mhcnn {

/// Sort key of a list of exams in SQL: a value of each exam that is never NULL, then its number,
/// the newest first. A page begins after the value and the number of the last exam of the page
/// before, so that exams that come meanwhile do not move the pages.
struct OrderKey {
  std::string expression;  ///< SQL on the tables `exams` and `c` (correction of this revision)
  bool number = false;     ///< whether the value is a whole number, else a text
  bool ascending = false;  ///< whether the smallest value comes first
  bool received = false;   ///< whether the value is the exam's number itself

  /// Returns the condition for the exams after an exam, with "?" for MakeAfterValues().
  std::string After() const;
  /// Returns the values of these "?". Throws Error(kUsage) for a text that is not a number.
  std::vector<SqlValue> MakeAfterValues(const std::string& key, std::int64_t id) const;
  /// Returns the text after ORDER BY.
  std::string OrderBy() const;
};

/// Returns the key of an order. Percents are compared by their millionths.
OrderKey MakeOrderKey(ExamOrder order, bool ascending, DatabaseKind kind);

}  // namespace mhcnn
