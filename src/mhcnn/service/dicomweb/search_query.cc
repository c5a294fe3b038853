#include "mhcnn/service/dicomweb/search_query.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/text.h"
#include "mhcnn/service/web/http_message.h"
#include "mhcnn/service/web/http_query.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr const char* kPatientId = "00100020";
constexpr const char* kStudyDate = "00080020";
constexpr const char* kStudyUid = "0020000D";

/// Returns the attributes that can be searched for, by keyword.
const std::map<std::string, std::string>& Keywords() {
  static const std::map<std::string, std::string> keywords = {
      {"StudyDate", kStudyDate},
      {"StudyTime", "00080030"},
      {"AccessionNumber", "00080050"},
      {"ModalitiesInStudy", "00080061"},
      {"Modality", "00080060"},
      {"ReferringPhysicianName", "00080090"},
      {"StudyDescription", "00081030"},
      {"SeriesDescription", "0008103E"},
      {"PatientName", "00100010"},
      {"PatientID", kPatientId},
      {"IssuerOfPatientID", "00100021"},
      {"PatientBirthDate", "00100030"},
      {"PatientSex", "00100040"},
      {"StudyInstanceUID", kStudyUid},
      {"SeriesInstanceUID", "0020000E"},
      {"StudyID", "00200010"},
      {"SeriesNumber", "00200011"},
      {"InstanceNumber", "00200013"},
      {"SOPInstanceUID", "00080018"},
      {"SOPClassUID", "00080016"},
      {"PerformedProcedureStepStartDate", "00400244"},
      {"PerformedProcedureStepStartTime", "00400245"}};
  return keywords;
}

/// Returns the tag of a name; "" where it cannot be searched for.
std::string ParseTag(const std::string& name) {
  const auto keyword = Keywords().find(name);
  if (keyword != Keywords().end()) return keyword->second;
  const std::string tag = ToUpper(name);
  const auto known = std::any_of(Keywords().begin(), Keywords().end(),
                                 [&](const auto& entry) { return entry.second == tag; });
  return known ? tag : "";
}

bool IsDate(const std::string& text) {
  return text.size() == 8 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::pair<std::string, std::string> Range(const std::string& wanted) {
  const auto dash = wanted.find('-');
  if (dash == std::string::npos) return {wanted, wanted};
  return {wanted.substr(0, dash), wanted.substr(dash + 1)};
}

std::vector<std::string> List(const std::string& wanted) {
  std::vector<std::string> values(1);
  for (const char c : wanted) {
    if (c == ',' || c == '\\') {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  return values;
}

/// Returns whether a text matches a pattern: "*" is any text and "?" one character.
bool MatchesPattern(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, after = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == text[t] || pattern[p] == '?')) {
      ++t, ++p;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string ValueText(const json& value) {
  if (value.is_object()) return value.value("Alphabetic", "");
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump();
}

bool MatchesValue(const std::string& vr, const std::string& value, const std::string& wanted) {
  if (vr == "UI" || vr == "CS") {
    const auto all = List(wanted);
    return std::any_of(all.begin(), all.end(),
                       [&](const std::string& one) { return MatchesPattern(value, one); });
  }
  if (vr == "DA" || vr == "TM") {
    const auto [from, to] = Range(wanted);
    if (from == to) return value.rfind(from, 0) == 0;
    return !value.empty() && (from.empty() || value >= from) &&
           (to.empty() || value <= to || value.rfind(to, 0) == 0);
  }
  if (vr == "PN") return MatchesPattern(ToLower(value), ToLower(wanted));
  return MatchesPattern(value, wanted);
}

}  // namespace

SearchQuery ReadSearchQuery(const std::string& text) {
  SearchQuery read;
  const HttpQuery query(text);
  read.limit = query.Number("limit", 0, 1'000'000'000).value_or(read.limit);
  read.limit = std::min(read.limit, kMaxAnswers);
  read.offset = query.Number("offset", 0, 1'000'000'000).value_or(0);
  for (const auto& [name, value] : query.all()) {
    if (name == "limit" || name == "offset" || name == "includefield" || name == "fuzzymatching") {
      continue;
    }
    const std::string tag = ParseTag(name);
    if (tag.empty()) {
      read.ignored.push_back(name);
    } else if (!value.empty()) {
      read.match[tag] = value;
    }
  }
  return read;
}

StoredStudyFilter SearchQuery::StudyFilter() const {
  StoredStudyFilter filter;
  const auto value = [&](const char* tag) {
    const auto found = match.find(tag);
    return found == match.end() ? std::string() : found->second;
  };
  filter.patient_id = value(kPatientId);
  if (const std::string uids = value(kStudyUid); !uids.empty()) filter.study_uids = List(uids);
  if (filter.study_uids.size() > 500) throw HttpError(400, "the query names too many studies");
  if (const std::string date = value(kStudyDate); !date.empty()) {
    std::tie(filter.date_from, filter.date_to) = Range(date);
    for (const std::string& end : {filter.date_from, filter.date_to}) {
      if (!end.empty() && !IsDate(end))
        throw HttpError(400, "StudyDate must be YYYYMMDD or a range");
    }
  }
  return filter;
}

bool SearchQuery::NeedsHeaders() const {
  return std::any_of(match.begin(), match.end(), [](const auto& entry) {
    return entry.first != kPatientId && entry.first != kStudyDate && entry.first != kStudyUid;
  });
}

bool Matches(const std::string& tag, const json& attributes, const std::string& wanted) {
  if (wanted.empty() || wanted == "*") return true;
  const auto found = attributes.find(tag);
  if (found == attributes.end() || !found->contains("Value")) return false;
  const std::string vr = found->value("vr", "");
  const json& values = found->at("Value");
  return std::any_of(values.begin(), values.end(),
                     [&](const json& value) { return MatchesValue(vr, ValueText(value), wanted); });
}

}  // namespace mhcnn
