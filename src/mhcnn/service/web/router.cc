#include "mhcnn/service/web/router.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/web/percent_decoding.h"

namespace mhcnn {
namespace {

std::string DecodedSegment(std::string_view raw) {
  std::string text = DecodePercentEscapes(raw, "the path");
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f || c == '/' || c == '\\';
  });
  if (control || !IsUtf8(text) || text == "." || text == "..") {
    throw HttpError(400, "the path has a segment that is not allowed");
  }
  return text;
}

class FunctionExchange final : public HttpExchange {
 public:
  FunctionExchange(const HttpRequest& request, HttpFunction function)
      : request_(request), function_(std::move(function)) {}
  HttpResponse Answer() override { return function_(request_); }

 private:
  HttpRequest request_;
  HttpFunction function_;
};

class BodyExchange final : public HttpExchange {
 public:
  BodyExchange(const HttpRequest& request, HttpBodyFunction function, std::size_t max_bytes)
      : request_(request), function_(std::move(function)), max_bytes_(max_bytes) {
    if (request.content_length.value_or(0) > max_bytes) TooLarge();
  }
  void Body(std::string_view piece) override {
    if (body_.size() + piece.size() > max_bytes_) TooLarge();
    body_ += piece;
  }
  HttpResponse Answer() override { return function_(request_, body_); }

 private:
  [[noreturn]] static void TooLarge() {
    throw HttpError(413, "the body is larger than this path takes");
  }

  HttpRequest request_;
  HttpBodyFunction function_;
  std::size_t max_bytes_;
  std::string body_;
};

}  // namespace

void HttpExchange::Body(std::string_view piece) {
  if (!piece.empty()) throw HttpError(413, "this path accepts no body");
}

std::vector<std::string> PathSegments(std::string_view path) {
  if (path.empty() || path.front() != '/') throw HttpError(400, "the path does not begin with /");
  std::vector<std::string> segments;
  path.remove_prefix(1);
  for (;;) {
    const auto slash = path.find('/');
    segments.push_back(DecodedSegment(path.substr(0, slash)));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

void Router::Add(Route route) {
  Entry entry;
  for (std::string& segment : PathSegments(route.pattern)) {
    const bool name = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
    if (!name && segment.find_first_of("{}") != std::string::npos) {
      throw Error(ErrorCode::kInternal, "a pattern that cannot be read", route.pattern);
    }
    entry.segments.push_back(name ? std::nullopt : std::optional(std::move(segment)));
  }
  for (const Entry& other : entries_) {
    if (other.route.method == route.method && other.segments == entry.segments) {
      throw Error(ErrorCode::kInternal, "two routes of one pattern", route.pattern);
    }
  }
  entry.route = std::move(route);
  entries_.push_back(std::move(entry));
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> all;
  for (const Entry& entry : entries_) all.push_back(&entry.route);
  return all;
}

const Route& Router::Find(HttpRequest& request) const {
  const std::vector<std::string> segments = PathSegments(request.path);
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  const Entry* found = nullptr;
  std::size_t found_names = 0;
  for (const Entry& entry : entries_) {
    if (entry.segments.size() != segments.size()) continue;
    std::size_t names = 0;
    bool equal = true;
    for (std::size_t i = 0; i < segments.size() && equal; ++i) {
      if (entry.segments[i]) {
        equal = *entry.segments[i] == segments[i];
      } else {
        equal = !segments[i].empty();
        ++names;
      }
    }
    if (!equal) continue;
    const std::string& offered = entry.route.method;
    if (allowed.find(offered) == std::string::npos) {
      allowed += (allowed.empty() ? "" : ", ") + offered + (offered == "GET" ? ", HEAD" : "");
    }
    // The pattern with fewer names comes first: "/studies/last" before "/studies/{study}".
    if (offered == method && (found == nullptr || names < found_names)) {
      found = &entry;
      found_names = names;
    }
  }
  if (found == nullptr && allowed.empty()) throw HttpError(404, "there is nothing at this path");
  if (found == nullptr) {
    throw HttpError(405, "the path does not take this method", {{"Allow", allowed}});
  }
  request.parameters.clear();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!found->segments[i]) request.parameters.push_back(segments[i]);
  }
  return found->route;
}

HttpHandler MakeHandler(HttpFunction function) {
  return [function = std::move(function)](const HttpRequest& request) {
    return std::make_unique<FunctionExchange>(request, function);
  };
}

HttpHandler MakeBodyHandler(HttpBodyFunction function, std::size_t max_bytes) {
  return [function = std::move(function), max_bytes](const HttpRequest& request) {
    return std::make_unique<BodyExchange>(request, function, max_bytes);
  };
}

}  // namespace mhcnn
