#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Returns a number of a path: digits alone, above 0. Throws HttpError(404) for other text.
std::int64_t ParsePathNumber(const std::string& text);
/// Returns the exam of a path. Throws HttpError(404) where there is none.
ExamSearchResult RequireExam(JobStore& store, const std::string& number);

/// Returns the path of the newest file of this name that the pages show of an exam; nothing where
/// the exam was measured without it or the retention removed it.
std::optional<std::filesystem::path> FindViewFile(JobStore& store, const ObjectFolder& folder,
                                                  std::int64_t exam, std::string_view name);

/// Returns whether the client has the version of this ETag (If-None-Match, compared weakly).
bool ClientHasVersion(const HttpRequest& request, std::string_view etag);
/// Returns the answer 304 with this ETag.
HttpResponse NotModified(std::string_view etag);
/// Adds the fields of an answer that the client's own cache may keep but must revalidate.
void AddCacheFields(HttpResponse& response, std::string_view etag);

}  // namespace mhcnn
