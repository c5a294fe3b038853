#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/exam_search.h"

namespace mhcnn {

/// What a list of exams is ordered by in SQL: a value of each exam that is never NULL, then its
/// number, the newest first. A page begins after the value and the number of the last exam of the
/// page before, so that exams that come meanwhile do not move the pages.
struct OrderKey {
  std::string expression;  ///< of the tables `exams` and `c`, the correction of this revision
  bool number = false;     ///< the value is a whole number, else a text
  bool ascending = false;  ///< the smallest value first
  bool received = false;   ///< the value is the exam's number itself

  /// Returns the condition for what stands after an exam, with "?" for AfterValues().
  std::string After() const;
  /// Returns what stands for them. Throws Error(kUsage) for a text that is no number.
  std::vector<SqlValue> AfterValues(const std::string& key, std::int64_t id) const;
  /// Returns what stands behind ORDER BY.
  std::string OrderBy() const;
};

/// Returns the key of an order. Percents are compared by their millionths.
OrderKey KeyOf(ExamOrder order, bool ascending, DatabaseKind kind);

}  // namespace mhcnn
