#include "mhcnn/service/api/exam_routes.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

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
    throw HttpError(400, std::string("the parameter ") + name + " is not a date like 20260131");
  return date;
}

template <typename Value>
using WordTable = std::vector<std::pair<const char*, Value>>;

/// Orders of the list; the first one is the default.
const WordTable<ExamOrder> kOrders = {
    {"received", ExamOrder::kReceived}, {"date", ExamOrder::kStudyDate},
    {"patient", ExamOrder::kPatient},   {"state", ExamOrder::kState},
    {"percent", ExamOrder::kPercent},   {"category", ExamOrder::kCategory}};
const WordTable<bool> kDirections = {{"desc", false}, {"asc", true}};

template <typename Value>
Value Choice(const HttpQuery& query, const char* name, const WordTable<Value>& words) {
  const std::string said = query.Text(name);
  if (said.empty()) return words.front().second;
  std::string list;
  for (const auto& [word, value] : words) {
    if (said == word) return value;
    list += (list.empty() ? "" : ", ") + std::string(word);
  }
  throw HttpError(400, std::string("the parameter ") + name + " is not one of " + list);
}

constexpr char kBetween = '~';  ///< separates an exam's number from its value in the list

/// Reads "12", or "12~23400000" of a list by a value.
void ParsePageKey(const std::string& text, ExamQuery& query) {
  if (text.empty()) return;
  const auto between = std::min(text.find(kBetween), text.size());
  const auto [end, problem] =
      std::from_chars(text.data(), text.data() + between, query.filter.before_id);
  const bool number =
      problem == std::errc() && end == text.data() + between && query.filter.before_id > 0;
  if (!number || (between < text.size()) == (query.order == ExamOrder::kReceived))
    throw HttpError(400, "the parameter before is not the value \"next\" of a page of this list");
  if (between < text.size()) query.before_key = text.substr(between + 1);
}

json MakeNextKey(const ExamPage& page, ExamOrder order) {
  if (!page.next) return nullptr;
  if (order == ExamOrder::kReceived) return *page.next;
  return std::to_string(*page.next) + kBetween + page.next_key;
}

ExamPage FindPage(JobStore& store, const ExamQuery& query) {
  try {
    return store.search().Find(query);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kUsage) throw;
    throw HttpError(400, "the parameter before is not the next of a page of this list");
  }
}

ExamQuery ToQuery(const HttpRequest& request) {
  const HttpQuery asked(request.query);
  asked.AllowOnly({"state", "patient", "study", "from", "to", "category", "flag", "q", "sort",
                   "order", "limit", "before"});
  ExamQuery query;
  if (const std::string state = asked.Text("state"); !state.empty()) {
    query.filter.state = ParseExamState(state);
    if (!query.filter.state) throw HttpError(400, "the parameter state is not a state of an exam");
  }
  query.filter.patient_id = asked.Text("patient");
  query.filter.study_uid = asked.Text("study");
  query.filter.study_date_from = Date(asked, "from");
  query.filter.study_date_to = Date(asked, "to");
  query.category = asked.Text("category");
  if (!query.category.empty() &&
      (query.category.size() != 1 || query.category < "a" || query.category > "d")) {
    throw HttpError(400, "the parameter category is not a, b, c or d");
  }
  query.flag = asked.Text("flag");
  query.text = asked.Text("q");
  query.filter.limit =
      static_cast<int>(asked.Number("limit", 1, kLargestLimit).value_or(kUsualLimit));
  query.order = Choice(asked, "sort", kOrders);
  query.ascending = Choice(asked, "order", kDirections);
  ParsePageKey(asked.Text("before"), query);
  return query;
}

HttpResponse List(const ApiContext& parts, const HttpRequest& request) {
  const ExamQuery query = ToQuery(request);
  const ExamPage page = FindPage(parts.stores.Mine(), query);
  json exams = json::array();
  for (const ExamSearchResult& found : page.exams) exams.push_back(ExamSummaryJson(found));
  return JsonResponse({{"exams", exams}, {"next", MakeNextKey(page, query.order)}});
}

/// Adds the figures that the page shows, as the worker wrote them.
void AddView(const ApiContext& parts, const Exam& exam, json& detail) {
  detail["pictures"] = json::array();
  if (!HasCurrentFigures(exam)) return;
  const auto path = FindViewFile(parts.stores.Mine(), parts.folder, exam.id, kExamViewFile);
  if (!path) return;
  try {
    const json view = ParseJson(ReadTextFile(*path));
    for (const char* name : {"details", "row", "words", "pictures"}) detail[name] = view.at(name);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kNotFound) throw;  // the retention has just removed it
  }
}

/// Adds the figures of an earlier exam, as in the list of exams.
void AddFigures(JobStore& store, json& prior) {
  const auto found = store.search().One(prior.at("id").get<std::int64_t>());
  if (!found) return;
  const json summary = ExamSummaryJson(*found);
  for (const char* name : {"percent", "percent_low", "percent_high", "percent_corrected",
                           "category", "category_corrected"})
    prior[name] = summary.at(name);
}

HttpResponse Detail(const ApiContext& parts, const HttpRequest& request) {
  JobStore& store = parts.stores.Mine();
  const ExamSearchResult found = RequireExam(store, request.parameters.at(0));
  json detail = ExamToJson(store, found.exam);
  detail.update(ExamSummaryJson(found));
  json results = json::array();
  for (const json& result : detail["results"]) {
    if (result.at("kind") != kViewKind) results.push_back(result);
  }
  detail["results"] = results;
  for (json& prior : detail["priors"]) AddFigures(store, prior);
  AddView(parts, found.exam, detail);
  detail["corrections"] = json::array();
  for (const Correction& correction : store.corrections().ListForExam(found.exam.id))
    detail["corrections"].push_back(CorrectionToJson(correction));
  HttpResponse response = JsonResponse(detail);
  const std::string etag = "W/\"" + Sha256Hex(response.body).substr(0, 32) + "\"";
  if (ClientHasVersion(request, etag)) return NotModified(etag);
  AddCacheFields(response, etag);
  return response;
}

}  // namespace

void AddExamRoutes(Router& router, const ApiContext& parts, NodeCounts& counts) {
  const HttpGuard guard = parts.access.GuardFor(Role::kViewer);
  router.Add({"GET", "/api/v1/exams", HttpThread::kWorker, guard,
              MakeHandler([parts](const HttpRequest& request) { return List(parts, request); })});
  router.Add({"GET", "/api/v1/counts", HttpThread::kWorker, guard,
              MakeHandler([parts, &counts](const HttpRequest&) {
                return JsonResponse(counts.Read(parts.stores.Mine()));
              })});
  router.Add({"GET", "/api/v1/exams/{exam}", HttpThread::kWorker, guard,
              MakeHandler([parts](const HttpRequest& request) { return Detail(parts, request); })});
}

}  // namespace mhcnn
