#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Request that is being answered. It is made after the header was read, gets the body in
/// pieces, and is destroyed where the connection breaks. No two calls run at once.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  /// Receives the next piece of the body. An exception becomes the answer.
  virtual void Body(std::string_view piece);
  /// Returns the answer, after the whole body.
  virtual HttpResponse Answer() = 0;
};

/// Thread in which a handler runs.
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

/// Path of the node, with its handler.
struct Route {
  std::string method;   ///< HTTP method
  std::string pattern;  ///< "/studies/{study}/series": a name in braces is any segment
  HttpThread thread = HttpThread::kWorker;  ///< thread of its handler
  /// Checks whether the client may do this; throws HttpError. Empty: everybody may.
  std::function<void(const HttpRequest& request)> guard;
  HttpHandler handler;  ///< makes the answers
};

/// Finds the route of a request.
class Router {
 public:
  /// Adds a route. Throws Error(kInternal) for a pattern that was added already or cannot be read.
  void Add(Route route);

  /// Returns the route and writes the values of its names into `request.parameters`. HEAD is
  /// answered as GET. Throws HttpError: 400 for a path that cannot be decoded safely, 404, and 405
  /// with the field Allow.
  const Route& Find(HttpRequest& request) const;
  /// Returns all routes in the order in which they were added.
  std::vector<const Route*> routes() const;

 private:
  struct Entry {
    std::vector<std::optional<std::string>> segments;  ///< nothing means a name
    Route route;
  };
  std::vector<Entry> entries_;
};

/// Returns the handler that calls a function; a body is refused with 413.
HttpHandler MakeHandler(HttpFunction function);
/// Returns the handler that calls a function with the body; over `max_bytes` it is refused.
HttpHandler MakeBodyHandler(HttpBodyFunction function, std::size_t max_bytes = 65'536);

/// Returns the segments of a path, decoded. Throws HttpError(400) for a path that does not begin
/// with "/", for wrong escapes, and for segments that are not UTF-8, contain control characters,
/// "/" or "\\", or are "." or "..".
std::vector<std::string> PathSegments(std::string_view path);

}  // namespace mhcnn
