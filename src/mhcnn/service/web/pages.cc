#include "mhcnn/service/web/pages.h"

#include <map>
#include <string>
#include <string_view>

#include "mhcnn/base/sha256.h"
#include "mhcnn/page/web_files.h"

namespace mhcnn {
namespace {

constexpr std::string_view kFrame = "node.html";

std::string FindMediaType(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "text/html; charset=utf-8";
}

/// File in the form in which it is sent.
struct SentFile {
  std::string_view content;
  std::string type, tag;
};

const std::map<std::string, SentFile, std::less<>>& SentFiles() {
  static const auto files = [] {
    std::map<std::string, SentFile, std::less<>> made;
    for (const WebFile& file : WebFiles()) {
      if (file.name == "batch.html") continue;  // a frame with placeholders, not a page
      made[std::string(file.name)] = {file.content, FindMediaType(file.name),
                                      '"' + Sha256Hex(file.content).substr(0, 24) + '"'};
    }
    return made;
  }();
  return files;
}

HttpResponse Send(const HttpRequest& request, std::string_view name) {
  const auto found = SentFiles().find(name);
  if (found == SentFiles().end()) throw HttpError(404, "the pages of the node have no such file");
  const SentFile& file = found->second;
  HttpResponse response;
  response.fields = {{"ETag", file.tag}, {"Cache-Control", "no-cache"}};
  if (request.Field("if-none-match").find(file.tag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.content_type = file.type;
  response.body = file.content;
  return response;
}

}  // namespace

void AddPageRoutes(Router& router) {
  for (const char* path : {"/", "/login", "/admin", "/exam/{exam}"}) {
    router.Add({"GET", path, HttpThread::kLoop, {}, MakeHandler([](const HttpRequest& request) {
                  return Send(request, kFrame);
                })});
  }
  router.Add(
      {"GET", "/web/{file}", HttpThread::kLoop, {}, MakeHandler([](const HttpRequest& request) {
         return Send(request, request.parameters.at(0));
       })});
  router.Add(
      {"GET", "/favicon.ico", HttpThread::kLoop, {}, MakeHandler([](const HttpRequest& request) {
         return Send(request, "icon.svg");
       })});
}

}  // namespace mhcnn
