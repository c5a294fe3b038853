#include "mhcnn/service/api/control_routes.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/api/exam_lookup.h"
#include "mhcnn/service/web/json_response.h"

namespace mhcnn {
namespace {

constexpr std::size_t kLargestBody = 1'024;

/// Checks that the body is "{}" or empty: a page of another origin needs permission to send JSON.
void CheckBody(const HttpRequest& request, const std::string& body) {
  const auto type = ParseMediaType(request.Field("content-type")).type;
  if (!body.empty() && type != "application/json")
    throw HttpError(415, "this path takes application/json");
  const auto value = ParseRequestJson(body.empty() ? "{}" : body);
  if (!value.is_object() || !value.empty()) throw HttpError(400, "the body is not {}");
}

HttpResponse Change(const ApiContext& parts, const HttpRequest& request, const std::string& body,
                    const std::function<void(Exams& exams, std::int64_t exam)>& change) {
  CheckBody(request, body);
  JobStore& store = parts.stores.Mine();
  const std::int64_t exam = RequireExam(store, request.parameters.at(0)).exam.id;
  try {
    change(store.exams(), exam);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kUsage) throw;
    throw HttpError(409, "the exam " + e.problem());
  }
  const auto now = store.exams().Find(exam);
  return JsonResponse({{"state", now ? ExamStateName(now->state) : ""}}, 202);
}

std::string Who(const ApiContext& parts, const HttpRequest& request) {
  const std::string name = parts.access.Who(request);
  return name.empty() ? "a person at " + request.address : ToDisplayText(name);
}

}  // namespace

void AddControlRoutes(Router& router, const ApiContext& parts) {
  const HttpGuard guard = parts.access.GuardFor(Role::kAdministrator);
  router.Add({"POST", "/api/v1/exams/{exam}/retry", HttpThread::kWorker, guard,
              MakeBodyHandler(
                  [parts](const HttpRequest& request, const std::string& body) {
                    return Change(parts, request, body,
                                  [](Exams& exams, std::int64_t exam) { exams.Retry(exam); });
                  },
                  kLargestBody)});
  router.Add({"POST", "/api/v1/exams/{exam}/cancel", HttpThread::kWorker, guard,
              MakeBodyHandler(
                  [parts](const HttpRequest& request, const std::string& body) {
                    const std::string who = Who(parts, request);
                    return Change(parts, request, body, [&who](Exams& exams, std::int64_t exam) {
                      exams.Cancel(exam, who);
                    });
                  },
                  kLargestBody)});
}

}  // namespace mhcnn
