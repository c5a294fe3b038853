#include "mhcnn/service/api/correction_routes.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/jobs/correction_export.h"
#include "mhcnn/jobs/utc_time.h"
#include "mhcnn/service/access/request_client.h"
#include "mhcnn/service/api/exam_lookup.h"
#include "mhcnn/service/audit.h"
#include "mhcnn/service/web/http_query.h"
#include "mhcnn/service/web/json_response.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr int kMaxExams = 100'000;  ///< limit of one page of the corrections of all exams

/// Returns an answer of JSON that no cache keeps.
HttpResponse Fresh(const json& value, int status = 200) {
  HttpResponse response = JsonResponse(value, status);
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

[[noreturn]] void Refuse(const std::string& problem) { throw HttpError(422, problem); }

/// Returns a whole number of the body.
int Whole(const json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || !found->is_number_integer() || *found < 0 || *found > 1'000'000'000)
    Refuse(std::string(key) + " must be a whole number, 0 or more");
  return found->get<int>();
}

std::string Text(const json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end()) return "";
  if (!found->is_string()) Refuse(std::string(key) + " must be a text");
  return found->get<std::string>();
}

NewCorrection ReadCorrection(const std::string& text) {
  const json body = ParseRequestJson(text);
  if (!body.is_object()) Refuse("the body must be an object");
  static const std::set<std::string> known = {"revision", "version", "category", "percent",
                                              "comment"};
  for (const auto& [key, value] : body.items()) {
    if (known.count(key) == 0)
      Refuse("the body may contain only revision, version, category, percent and comment");
  }
  NewCorrection said;
  said.revision = Whole(body, "revision");
  said.version = Whole(body, "version");
  said.category = Text(body, "category");
  said.comment = Text(body, "comment");
  if (const auto percent = body.find("percent"); percent != body.end() && !percent->is_null()) {
    if (!percent->is_number()) Refuse("percent must be a number or null");
    said.percent = percent->get<double>();
  }
  return said;
}

/// Throws the reason why nothing was changed.
[[noreturn]] void Fail(const CorrectionAnswer& answer) {
  switch (answer.kind) {
    case CorrectionAnswer::Kind::kNoExam:
      throw HttpError(404, "there is no such exam");
    case CorrectionAnswer::Kind::kOtherRevision:
      throw HttpError(409, fmt::format("images of the exam came or changed: it is revision {} now; "
                                       "look at it again",
                                       answer.revision));
    case CorrectionAnswer::Kind::kOtherVersion:
      throw HttpError(
          409, answer.correction
                   ? fmt::format("another correction was made meanwhile: the newest is version {}",
                                 answer.correction->version)
                   : std::string("the exam has no correction yet: version must be 0"));
    case CorrectionAnswer::Kind::kNotMeasured:
      throw HttpError(409, "this revision of the exam has no figures to correct");
    case CorrectionAnswer::Kind::kNoImages:
      throw HttpError(409,
                      "the images of the exam were removed, so that no results can be written");
    case CorrectionAnswer::Kind::kAdded:
      break;
  }
  throw Error(ErrorCode::kInternal, "a correction that was added is no failure");
}

/// Routes, with the parts that they use.
class CorrectionRoutes {
 public:
  explicit CorrectionRoutes(const CorrectionContext& parts) : parts_(parts) {}

  HttpResponse ListForExam(const HttpRequest& request) const {
    JobStore& store = parts_.stores.Mine();
    const Exam exam = RequireExam(store, request.parameters.at(0)).exam;
    json list = json::array();
    for (const Correction& correction : store.corrections().ListForExam(exam.id))
      list.push_back(CorrectionToJson(correction));
    return Fresh({{"corrections", list}});
  }

  HttpResponse Add(const HttpRequest& request, const std::string& body) const {
    JobStore& store = parts_.stores.Mine();
    const Exam exam = RequireExam(store, request.parameters.at(0)).exam;
    if (ParseMediaType(request.Field("content-type")).type != "application/json")
      throw HttpError(415, "the body must be application/json");
    NewCorrection said = ReadCorrection(body);
    said.exam = exam.id;
    said.author = parts_.access.Who(request);
    try {
      said.Check();
    } catch (const Error& e) {
      Refuse(e.subject() + " " + e.problem());
    }
    const CorrectionAnswer answer = store.corrections().Add(said);
    if (answer.kind != CorrectionAnswer::Kind::kAdded) Fail(answer);
    const Correction& made = *answer.correction;
    Audit(store, request, AuditEvent::kInstancesChanged, &exam,
          fmt::format("version {}: category {}{} (model: {})", made.version, made.category,
                      made.percent.empty() ? "" : ", " + made.percent + " %",
                      made.model_category.empty() ? "none" : made.model_category));
    HttpResponse response = Fresh(CorrectionToJson(made), 201);
    response.fields.emplace_back("Location", fmt::format("/api/v1/exams/{}/corrections", exam.id));
    return response;
  }

  HttpResponse All(const HttpRequest& request) const {
    JobStore& store = parts_.stores.Mine();
    const HttpQuery query(request.query);
    query.AllowOnly({"since", "after", "limit"});
    const CorrectedExams found = ReadCorrectedExams(
        store, ParseSince(query),
        static_cast<int>(query.Number("limit", 1, kMaxExams).value_or(kMaxExams)),
        query.Number("after", 1, INT64_MAX).value_or(0));
    Audit(store, request, AuditEvent::kInstancesAccessed, nullptr,
          fmt::format("corrections of {} exams read", found.exams.size()));
    const std::string accept(request.Field("accept"));
    const bool csv = accept.find("text/csv") != std::string::npos && Accepts(accept, "text/csv");
    if (!csv) {
      json list = json::array();
      for (const CorrectedExam& one : found.exams) {
        list.push_back(CorrectionToJson(one.correction));
        list.back()["study_uid"] = one.exam.study_uid;
      }
      HttpResponse response = Fresh({{"corrections", list},
                                     {"of_earlier_revision", found.of_earlier_revision},
                                     {"without_images", found.without_images},
                                     {"next", found.next ? json(NextPage(found, query)) : json()}});
      AddNextPage(response, found, query);
      return response;
    }
    HttpResponse response;
    response.content_type = "text/csv; charset=utf-8";
    response.body = CalibrationManifest(
        found, [](const ReceivedObject& image) { return image.sop_uid + ".dcm"; });
    response.fields.emplace_back("Cache-Control", "no-store");
    response.fields.emplace_back("Content-Disposition", "attachment; filename=\"corrections.csv\"");
    AddNextPage(response, found, query);
    return response;
  }

 private:
  /// Returns the address of the next page.
  static std::string NextPage(const CorrectedExams& found, const HttpQuery& query) {
    std::string address = fmt::format("/api/v1/corrections?since={}&after={}",
                                      ToUtcText(found.next->first), found.next->second);
    if (!query.Text("limit").empty()) address += "&limit=" + query.Text("limit");
    return address;
  }

  /// Adds the field Link to the next page where there is one (RFC 8288).
  static void AddNextPage(HttpResponse& response, const CorrectedExams& found,
                          const HttpQuery& query) {
    if (!found.next) return;
    response.fields.emplace_back("Link", "<" + NextPage(found, query) + ">; rel=\"next\"");
  }

  static StoreTime ParseSince(const HttpQuery& query) {
    const std::string text = query.Text("since");
    if (text.empty()) return {};
    const auto since = ParseUtc(text);
    if (!since)
      throw HttpError(400, "since must be like 2026-11-28 or 2026-11-28T15:04:05Z, in UTC");
    return *since;
  }

  void Audit(JobStore& store, const HttpRequest& request, AuditEvent event, const Exam* exam,
             const std::string& text) const {
    if (!parts_.config.audit.enabled) return;
    AuditEntry entry;
    entry.event = event;
    entry.peer = parts_.access.Who(request);
    entry.address = FindRequestClient(request, parts_.config.web.access).address;
    entry.peer_is_source = event == AuditEvent::kInstancesChanged;
    entry.text = text;
    if (exam != nullptr) {
      entry.study_uid = exam->study_uid;
      entry.patient_id = exam->patient_id;
    }
    Record(store, entry, parts_.config.name);
  }

  CorrectionContext parts_;
};

}  // namespace

void AddCorrectionRoutes(Router& router, const CorrectionContext& parts) {
  const auto routes = std::make_shared<const CorrectionRoutes>(parts);
  router.Add(
      {"GET", "/api/v1/exams/{exam}/corrections", HttpThread::kWorker,
       parts.access.GuardFor(Role::kViewer),
       MakeHandler([routes](const HttpRequest& request) { return routes->ListForExam(request); })});
  router.Add({"POST", "/api/v1/exams/{exam}/corrections", HttpThread::kWorker,
              parts.access.GuardFor(Role::kReader),
              MakeBodyHandler([routes](const HttpRequest& request, const std::string& body) {
                return routes->Add(request, body);
              })});
  router.Add({"GET", "/api/v1/corrections", HttpThread::kWorker,
              parts.access.GuardFor(Role::kReader),
              MakeHandler([routes](const HttpRequest& request) { return routes->All(request); })});
}

}  // namespace mhcnn
