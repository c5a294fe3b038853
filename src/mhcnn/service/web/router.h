#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// One request that is being answered. It is made after the header was read, gets the body in
/// pieces, and is destroyed where the connection breaks. No two calls run at once.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  /// Takes the next piece of the body. What it throws becomes the answer.
  virtual void Body(std::string_view piece);
  /// Returns the answer, after the whole body.
  virtual HttpResponse Answer() = 0;
};

/// Where a handler runs.
enum class HttpThread {
  kWorker,  ///< one of the worker threads: it may wait for the disk and the store
  kLoop,    ///< the thread of all connections: it must not wait for anything
};

/// Makes the exchange for a request.
using HttpHandler = std::function<std::unique_ptr<HttpExchange>(const HttpRequest& request)>;
/// Answers a request that needs no body.
using HttpFunction = std::function<HttpResponse(const HttpRequest& request)>;
/// Answers a request with a small body.
using HttpBodyFunction =
    std::function<HttpResponse(const HttpRequest& request, const std::string& body)>;

/// A path of the node and what answers there.
struct Route {
  std::string method;   ///< hTTP method
  std::string pattern;  ///< "/studies/{study}/series": names in braces stand for one segment
  HttpThread thread = HttpThread::kWorker;  ///< where its handler runs
  /// Checks whether the client may do this; throws HttpError. Empty: everybody may.
  std::function<void(const HttpRequest& request)> guard;
  HttpHandler handler;  ///< what answers
};

/// Finds what answers a request.
class Router {
 public:
  /// Adds a route. Throws Error(kInternal) for a pattern that is there already or cannot be read.
  void Add(Route route);

  /// Returns the route and puts what stands for its names into `request.parameters`. HEAD is
  /// answered as GET. Throws HttpError: 400 for a path that cannot be decoded safely, 404, and 405
  /// with the field Allow.
  const Route& Find(HttpRequest& request) const;
  /// Returns all routes in the order in which they were added.
  std::vector<const Route*> routes() const;

 private:
  struct Entry {
    std::vector<std::optional<std::string>> segments;  ///< nothing stands for a name
    Route route;
  };
  std::vector<Entry> entries_;
};

/// Returns the handler that calls a function; a body is refused with 413.
HttpHandler Answering(HttpFunction function);
/// Returns the handler that calls a function with the body, which is refused beyond `max_bytes`.
HttpHandler AnsweringBody(HttpBodyFunction function, std::size_t max_bytes = 65'536);

/// Returns the segments of a path, decoded. Throws HttpError(400) for a path that does not begin
/// with "/", for wrong escapes, and for segments that are no UTF-8 or hold control characters, "/",
/// "\\", or are "." or "..".
std::vector<std::string> PathSegments(std::string_view path);

}  // namespace mhcnn
