#include "mhcnn/service/api/picture_routes.h"

#include <algorithm>
#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/service/api/exam_lookup.h"

namespace mhcnn {
namespace {

/// Returns the media type of a picture's file, "" for another name. A name is 16 hexadecimal digits
/// and one of the endings.
std::string FindMediaType(const std::string& name) {
  constexpr std::size_t kKey = 16;
  if (name.size() < kKey || name.find_first_not_of("0123456789abcdef") < kKey) return {};
  const std::string ending = name.substr(kKey);
  if (ending == ".jpg" || ending == "-small.jpg") return "image/jpeg";
  return ending == ".json" ? "application/json" : "";
}

HttpResponse Picture(const ApiContext& parts, const HttpRequest& request) {
  const std::string& name = request.parameters.at(1);
  const std::string type = FindMediaType(name);
  if (type.empty()) throw HttpError(404, "an exam has no picture of this name");
  const std::int64_t exam = ParsePathNumber(request.parameters.at(0));
  const auto path = FindViewFile(parts.stores.Mine(), parts.folder, exam, name);
  if (!path) throw HttpError(404, "the exam has no picture of this name");
  HttpResponse response;
  response.content_type = type;
  response.body = ReadTextFile(*path);
  const std::string etag = "\"" + Sha256Hex(response.body).substr(0, 32) + "\"";
  if (ClientHasVersion(request, etag)) return NotModified(etag);
  AddCacheFields(response, etag);
  return response;
}

}  // namespace

void AddPictureRoutes(Router& router, const ApiContext& parts) {
  router.Add(
      {"GET", "/api/v1/exams/{exam}/pictures/{file}", HttpThread::kWorker,
       parts.access.GuardFor(Role::kViewer),
       MakeHandler([parts](const HttpRequest& request) { return Picture(parts, request); })});
}

}  // namespace mhcnn
