#include "mhcnn/service/api/result_routes.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/jobs/utc_time.h"
#include "mhcnn/results/result_formats.h"
#include "mhcnn/service/api/exam_json.h"
#include "mhcnn/service/api/exam_lookup.h"
#include "mhcnn/service/api/zip_file.h"
#include "mhcnn/service/exam_analysis.h"
#include "mhcnn/service/web/http_query.h"
#include "mhcnn/service/web/json_response.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Returns the folder of one attempt of a worker: results/EXAM/REVISION-ATTEMPT.
fs::path ParseAttempt(const StoredResult& kept) {
  fs::path folder;
  int parts = 0;
  for (const auto& part : kept.result.file) {
    if (parts++ == 3) break;
    folder /= part;
  }
  return folder;
}

bool HasFormat(const StoredResult& kept, const std::string& format) {
  if (kept.result.kind != "table") return kept.result.kind == format;
  return kept.result.file.extension() == "." + format;
}

std::string FindMediaType(const StoredResult& kept) {
  const fs::path extension = kept.result.file.extension();
  if (extension == ".dcm") return "application/dicom";
  if (kept.result.kind == "fhir") return "application/fhir+json";
  if (extension == ".json") return "application/json";
  if (extension == ".csv") return "text/csv; charset=utf-8";
  return "application/octet-stream";
}

std::string ReadResult(const ApiContext& parts, const StoredResult& kept) {
  try {
    if (!kept.removed) return ReadTextFile(parts.folder.Path(kept.result.file), 1'073'741'824);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kNotFound) throw;
  }
  throw HttpError(410, "the file was removed after its retention time");
}

/// Adds the name of the file. It must be a name that the node made.
void Attach(HttpResponse& response, const std::string& name) {
  response.fields.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
}

HttpResponse File(const ApiContext& parts, const HttpRequest& request, const StoredResult& kept) {
  const std::string etag = "\"" + kept.result.digest.substr(0, 32) + "\"";
  if (!kept.removed && ClientHasVersion(request, etag)) return NotModified(etag);
  HttpResponse response;
  response.content_type = FindMediaType(kept);
  response.body = ReadResult(parts, kept);
  AddCacheFields(response, etag);
  Attach(response, kept.result.file.filename().string());
  return response;
}

/// Returns the results that are not files of the pages.
std::vector<StoredResult> Results(const ApiContext& parts, std::int64_t exam) {
  auto all = parts.stores.Mine().work().ListResultsForExam(exam);
  std::erase_if(all, [](const StoredResult& kept) { return kept.result.kind == kViewKind; });
  return all;
}

HttpResponse Newest(const ApiContext& parts, const HttpRequest& request, std::int64_t exam,
                    const std::string& format) {
  if (!FindResultFormat(format))
    throw HttpError(400, "the parameter format is not seg, sr, cad, sc, fhir, json or csv");
  auto all = Results(parts, exam);
  std::erase_if(all, [&](const StoredResult& kept) { return !HasFormat(kept, format); });
  if (all.empty()) throw HttpError(404, "the exam has no result of this format");
  const fs::path attempt = ParseAttempt(all.back());
  std::map<fs::path, StoredResult> newest;  // a repeated attempt has the same names
  for (const StoredResult& kept : all) {
    if (ParseAttempt(kept) == attempt) newest[kept.result.file] = kept;
  }
  if (newest.size() == 1) return File(parts, request, newest.begin()->second);
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [path, kept] : newest)
    files.emplace_back(path.filename().string(), ReadResult(parts, kept));
  HttpResponse response;
  response.content_type = "application/zip";
  response.body = MakeZipFile(files);
  Attach(response, "exam-" + std::to_string(exam) + "-" + format + ".zip");
  return response;
}

HttpResponse List(const ApiContext& parts, const HttpRequest& request) {
  const HttpQuery query(request.query);
  query.AllowOnly({"format"});
  const std::int64_t exam = RequireExam(parts.stores.Mine(), request.parameters.at(0)).exam.id;
  if (query.Has("format")) return Newest(parts, request, exam, query.Text("format"));
  json results = json::array();
  for (const StoredResult& kept : Results(parts, exam)) {
    results.push_back({{"id", kept.id},
                       {"kind", kept.result.kind},
                       {"name", kept.result.file.filename().string()},
                       {"revision", kept.revision},
                       {"sop_uid", kept.result.sop_uid},
                       {"bytes", kept.result.bytes},
                       {"made", ToUtcText(kept.made)},
                       {"removed", kept.removed}});
  }
  return JsonResponse({{"results", results}});
}

HttpResponse One(const ApiContext& parts, const HttpRequest& request) {
  const std::int64_t exam = RequireExam(parts.stores.Mine(), request.parameters.at(0)).exam.id;
  const std::int64_t id = ParsePathNumber(request.parameters.at(1));
  for (const StoredResult& kept : Results(parts, exam)) {
    if (kept.id == id) return File(parts, request, kept);
  }
  throw HttpError(404, "the exam has no result with this number");
}

}  // namespace

void AddResultRoutes(Router& router, const ApiContext& parts) {
  const HttpGuard guard = parts.access.GuardFor(Role::kViewer);
  router.Add({"GET", "/api/v1/exams/{exam}/results", HttpThread::kWorker, guard,
              MakeHandler([parts](const HttpRequest& request) { return List(parts, request); })});
  router.Add({"GET", "/api/v1/exams/{exam}/results/{result}", HttpThread::kWorker, guard,
              MakeHandler([parts](const HttpRequest& request) { return One(parts, request); })});
}

}  // namespace mhcnn
