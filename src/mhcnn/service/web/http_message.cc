#include "mhcnn/service/web/http_message.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

bool IsTokenCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// Reads a field from left to right.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text) {}
  bool AtEnd() const { return at_ == text_.size(); }
  void SkipSpace() {
    while (!AtEnd() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool Take(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string Token() {
    std::string token;
    while (!AtEnd() && IsTokenCharacter(text_[at_])) token += text_[at_++];
    if (token.empty()) Fail();
    return token;
  }
  std::string Value() {
    if (!Take('"')) return Token();
    std::string value;
    while (!Take('"')) {
      Take('\\');
      if (AtEnd()) Fail();
      value += text_[at_++];
    }
    return value;
  }
  [[noreturn]] static void Fail() { throw HttpError(400, "a media type cannot be read"); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string_view HttpRequest::Field(std::string_view name) const {
  for (const auto& [field, value] : fields) {
    if (field == name) return value;
  }
  return {};
}

std::string_view HttpReason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return status < 400 ? "OK" : "Error";
  }
}

HttpResponse ProblemResponse(int status, std::string_view detail, HttpFields fields) {
  const nlohmann::json problem{{"type", "about:blank"},
                               {"title", HttpReason(status)},
                               {"status", status},
                               {"detail", ToDisplayText(detail)}};
  HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  response.fields = std::move(fields);
  return response;
}

int HttpStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kCorrupt:
      return 400;
    case ErrorCode::kUnsupported:
      return 415;
    case ErrorCode::kOutOfScope:
      return 409;
    case ErrorCode::kLimit:
      return 413;
    case ErrorCode::kIo:
    case ErrorCode::kInterrupted:
      return 503;
    case ErrorCode::kInternal:
      break;
  }
  return 500;
}

HttpResponse ProblemResponse(std::exception_ptr problem) {
  try {
    std::rethrow_exception(problem);
  } catch (const HttpError& e) {
    return ProblemResponse(e.status(), e.what(), e.fields());
  } catch (const Error& e) {
    const int status = HttpStatus(e.code());
    if (status < 500) return ProblemResponse(status, e.problem());
    spdlog::error("a request failed: {}", ToDisplayText(e.what()));
    if (status == 503) {
      return ProblemResponse(503, "the node cannot answer now; its log contains the reason",
                             {{"Retry-After", "60"}});
    }
  } catch (const std::exception& e) {
    spdlog::error("a request failed: {}", ToDisplayText(e.what()));
  } catch (...) {
    spdlog::error("a request failed: unknown exception");
  }
  return ProblemResponse(
      500, "the request failed because of an error in the node; its log contains the details");
}

std::string_view MediaType::Parameter(std::string_view name) const {
  for (const auto& [parameter, value] : parameters) {
    if (parameter == name) return value;
  }
  return {};
}

MediaType ParseMediaType(std::string_view field) {
  MediaType media;
  FieldReader reader(field);
  reader.SkipSpace();
  if (reader.AtEnd()) return media;
  const std::string type = reader.Token();
  if (!reader.Take('/')) FieldReader::Fail();
  media.type = ToLower(type + "/" + reader.Token());
  for (;;) {
    reader.SkipSpace();
    if (reader.AtEnd()) return media;
    if (!reader.Take(';')) FieldReader::Fail();
    reader.SkipSpace();
    if (reader.AtEnd()) return media;
    const std::string name = ToLower(reader.Token());
    if (!reader.Take('=')) FieldReader::Fail();
    if (!media.Parameter(name).empty()) FieldReader::Fail();
    media.parameters.emplace_back(name, reader.Value());
  }
}

bool Accepts(std::string_view accept, std::string_view type) {
  if (Trim(std::string(accept)).empty()) return true;
  const std::string group(type.substr(0, type.find('/')));
  // Quoted commas do not occur in the types that are offered here.
  while (!accept.empty()) {
    const auto comma = accept.find(',');
    std::string range(accept.substr(0, comma));
    accept = comma == std::string_view::npos ? std::string_view() : accept.substr(comma + 1);
    const auto semicolon = range.find(';');
    const std::string parameters =
        semicolon == std::string::npos ? "" : ToLower(range.substr(semicolon));
    range = ToLower(Trim(range.substr(0, semicolon)));
    const auto q = parameters.find("q=");
    if (q != std::string::npos && parameters.find_first_not_of("0. ", q + 2) == std::string::npos) {
      continue;
    }
    if (range == type || range == "*/*" || range == group + "/*") return true;
  }
  return false;
}

}  // namespace mhcnn
