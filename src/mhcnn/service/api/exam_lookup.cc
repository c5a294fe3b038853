#include "mhcnn/service/api/exam_lookup.h"

#include <algorithm>
#include <charconv>

#include "mhcnn/base/text.h"
#include "mhcnn/service/exam_analysis.h"

namespace mhcnn {
namespace {

std::string_view WithoutWeak(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}

}  // namespace

std::int64_t ParsePathNumber(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number <= 0)
    throw HttpError(404, "there is nothing with this number");
  return number;
}

ExamSearchResult RequireExam(JobStore& store, const std::string& number) {
  auto found = store.search().One(ParsePathNumber(number));
  if (!found) throw HttpError(404, "the node has no exam with this number");
  return std::move(*found);
}

std::optional<std::filesystem::path> FindViewFile(JobStore& store, const ObjectFolder& folder,
                                                  std::int64_t exam, std::string_view name) {
  const auto results = store.work().ListResultsForExam(exam);
  const auto found = std::find_if(results.rbegin(), results.rend(), [&](const StoredResult& kept) {
    return kept.result.kind == kViewKind && kept.result.file.filename() == name;
  });
  if (found == results.rend() || found->removed) return std::nullopt;
  return folder.Path(found->result.file);
}

bool ClientHasVersion(const HttpRequest& request, std::string_view etag) {
  std::string_view wanted = request.Field("if-none-match");
  while (!wanted.empty()) {
    const std::string_view one = wanted.substr(0, wanted.find(','));
    wanted.remove_prefix(std::min(wanted.size(), one.size() + 1));
    const std::string text = Trim(std::string(one));
    if (text == "*" || WithoutWeak(text) == WithoutWeak(etag)) return true;
  }
  return false;
}

HttpResponse NotModified(std::string_view etag) {
  HttpResponse response;
  response.status = 304;
  AddCacheFields(response, etag);
  return response;
}

void AddCacheFields(HttpResponse& response, std::string_view etag) {
  response.fields.emplace_back("ETag", std::string(etag));
  response.fields.emplace_back("Cache-Control", "private, no-cache");
}

}  // namespace mhcnn
