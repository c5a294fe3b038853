#include "mhcnn/service/api/exam_routes.h"

#include <algorithm>
#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/jobs/correction_export.h"
#include "mhcnn/jobs/explanation.h"
#include "mhcnn/service/api/exam_json.h"
#include "mhcnn/service/api/exam_lookup.h"
#include "mhcnn/service/exam_analysis.h"
#include "mhcnn/service/web/http_query.h"
#include "mhcnn/service/web/json_response.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr int kUsualLimit = 50, kLargestLimit = 500;

std::string Date(const HttpQuery& query, const char* name) {
  const std::string date = query.Text(name);
  const bool digits = std::ranges::all_of(date, [](char c) { return c >= '0' && c <= '9'; });
  if (!date.empty() && (date.size() != 8 || !digits))
    throw HttpError(400, std::string("the parameter ") + name + " is no date like 20260131");
  return date;
}

ExamQuery ToQuery(const HttpRequest& request) {
  const HttpQuery asked(request.query);
  asked.AllowOnly(
      {"state", "patient", "study", "from", "to", "category", "flag", "q", "limit", "before"});
  ExamQuery query;
  if (const std::string state = asked.Text("state"); !state.empty()) {
    query.filter.state = ParseExamState(state);
    if (!query.filter.state) throw HttpError(400, "the parameter state is no state of an exam");
  }
  query.filter.patient_id = asked.Text("patient");
  query.filter.study_uid = asked.Text("study");
  query.filter.study_date_from = Date(asked, "from");
  query.filter.study_date_to = Date(asked, "to");
  query.category = asked.Text("category");
  if (!query.category.empty() &&
      (query.category.size() != 1 || query.category < "a" || query.category > "d")) {
    throw HttpError(400, "the parameter category is none of a, b, c and d");
  }
  query.flag = asked.Text("flag");
  query.text = asked.Text("q");
  query.filter.limit =
      static_cast<int>(asked.Number("limit", 1, kLargestLimit).value_or(kUsualLimit));
  query.filter.before_id = asked.Number("before", 1, INT64_MAX).value_or(0);
  return query;
}

HttpResponse List(const ApiParts& parts, const HttpRequest& request) {
  const ExamPage page = parts.stores.Mine().search().Find(ToQuery(request));
  json exams = json::array();
  for (const FoundExam& found : page.exams) exams.push_back(ExamSummaryJson(found));
  return JsonResponse({{"exams", exams}, {"next", page.next ? json(*page.next) : json()}});
}

/// What the page shows of the figures, as the worker left it.
void AddView(const ApiParts& parts, const Exam& exam, json& detail) {
  detail["pictures"] = json::array();
  if (!HasPresentFigures(exam)) return;
  const auto path = FindViewFile(parts.stores.Mine(), parts.folder, exam.id, kExamViewFile);
  if (!path) return;
  try {
    const json view = ParseJson(ReadTextFile(*path));
    for (const char* name : {"details", "row", "words", "pictures"}) detail[name] = view.at(name);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kNotFound) throw;  // removed by the retention just now
  }
}

HttpResponse Detail(const ApiParts& parts, const HttpRequest& request) {
  JobStore& store = parts.stores.Mine();
  const FoundExam found = RequireExam(store, request.parameters.at(0));
  json detail = ExamToJson(store, found.exam);
  detail.update(ExamSummaryJson(found));
  json results = json::array();
  for (const json& result : detail["results"]) {
    if (result.at("kind") != kViewKind) results.push_back(result);
  }
  detail["results"] = results;
  AddView(parts, found.exam, detail);
  detail["corrections"] = json::array();
  for (const Correction& correction : store.corrections().OfExam(found.exam.id))
    detail["corrections"].push_back(CorrectionToJson(correction));
  HttpResponse response = JsonResponse(detail);
  const std::string etag = "W/\"" + Sha256Hex(response.body).substr(0, 32) + "\"";
  if (ClientHas(request, etag)) return NotModified(etag);
  AddCacheFields(response, etag);
  return response;
}

}  // namespace

void AddExamRoutes(Router& router, const ApiParts& parts, NodeCounts& counts) {
  const HttpGuard guard = parts.access.GuardFor(Role::kViewer);
  router.Add({"GET", "/api/v1/exams", HttpThread::kWorker, guard,
              Answering([parts](const HttpRequest& request) { return List(parts, request); })});
  router.Add({"GET", "/api/v1/counts", HttpThread::kWorker, guard,
              Answering([parts, &counts](const HttpRequest&) {
                return JsonResponse(counts.Read(parts.stores.Mine()));
              })});
  router.Add({"GET", "/api/v1/exams/{exam}", HttpThread::kWorker, guard,
              Answering([parts](const HttpRequest& request) { return Detail(parts, request); })});
}

}  // namespace mhcnn
