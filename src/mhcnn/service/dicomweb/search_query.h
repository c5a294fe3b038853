#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/jobs/stored_objects.h"

namespace mhcnn {

/// Query of a QIDO-RS search (PS3.18 8.3.4).
struct SearchQuery {
  std::map<std::string, std::string> match;  ///< value by tag: "00100020"
  std::vector<std::string> ignored;          ///< attributes that are not searched for
  std::int64_t limit = 100;                  ///< largest number of answers
  std::int64_t offset = 0;                   ///< number of answers that are left out first

  /// Returns the conditions that the store can check. Throws HttpError(400) for a wrong date.
  StoredStudyFilter StudyFilter() const;
  /// Returns whether `match` has conditions that the store cannot check.
  bool NeedsHeaders() const;
};

/// Largest number of answers to one search.
inline constexpr std::int64_t kMaxAnswers = 1'000;

/// Reads a query. Attributes are named by keyword or by tag; includefield and fuzzymatching are
/// allowed and change nothing. Throws HttpError(400) for wrong numbers and escapes.
SearchQuery ReadSearchQuery(const std::string& query);

/// Returns whether an attribute of DICOM JSON matches a value of a query (PS3.4 C.2.2.2):
/// universal, single value, list of UIDs, wildcards without regard to case in names, ranges of
/// dates and times.
bool Matches(const std::string& tag, const nlohmann::json& attributes, const std::string& wanted);

}  // namespace mhcnn
