#include "mhcnn/results/result_formats.h"

#include <algorithm>
#include <array>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

struct NamedFormat {
  ResultFormat format;
  const char* name;
};
constexpr std::array<NamedFormat, 7> kFormats = {{{ResultFormat::kCsv, "csv"},
                                                  {ResultFormat::kJson, "json"},
                                                  {ResultFormat::kSeg, "seg"},
                                                  {ResultFormat::kSr, "sr"},
                                                  {ResultFormat::kCad, "cad"},
                                                  {ResultFormat::kSc, "sc"},
                                                  {ResultFormat::kFhir, "fhir"}}};

std::string Names() {
  std::string names;
  for (const auto& row : kFormats) names += std::string(row.name) + ", ";
  return names + "all";
}

}  // namespace

const char* ResultFormatName(ResultFormat format) {
  return std::ranges::find(kFormats, format, &NamedFormat::format)->name;
}

std::vector<std::string> ResultFormatNames(const std::set<ResultFormat>& formats) {
  std::vector<std::string> names;
  for (const ResultFormat format : formats) names.emplace_back(ResultFormatName(format));
  return names;
}

std::optional<ResultFormat> FindResultFormat(std::string_view name) {
  const auto* row =
      std::ranges::find_if(kFormats, [&](const NamedFormat& named) { return name == named.name; });
  if (row == kFormats.end()) return std::nullopt;
  return row->format;
}

std::set<ResultFormat> ParseResultFormats(const std::string& text) {
  std::set<ResultFormat> formats = {ResultFormat::kCsv, ResultFormat::kJson};
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(',', from), text.size());
    const std::string name = ToLower(Trim(text.substr(from, to - from)));
    from = to + 1;
    if (const auto format = FindResultFormat(name)) {
      formats.insert(*format);
    } else if (name == "all") {
      for (const auto& each : kFormats) formats.insert(each.format);
    } else {
      throw Error(ErrorCode::kUsage, "no result format is named \"" + ToDisplayText(name) + "\"",
                  {}, "give one or more of " + Names() + ", with commas between them");
    }
  }
  return formats;
}

bool HasObjects(const std::set<ResultFormat>& formats) {
  return std::ranges::any_of(formats, [](ResultFormat format) {
    return format != ResultFormat::kCsv && format != ResultFormat::kJson;
  });
}

}  // namespace mhcnn
