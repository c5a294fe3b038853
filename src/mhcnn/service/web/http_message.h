#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mhcnn/base/error.h"

namespace mhcnn {

class HttpChannel;

/// Names and values of header fields, in their order.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

/// Request without its body. All texts come from the peer.
struct HttpRequest {
  std::string method;      ///< "GET", "POST", ...
  std::string path;        ///< path of the target, as it was sent
  std::string query;       ///< text of the target after the "?"; "" without one
  HttpFields fields;       ///< names in lower case
  std::string address;     ///< numeric address of the peer
  std::string client;      ///< subject of the certificate of the client; "" without one
  bool encrypted = false;  ///< whether it came over TLS
  bool has_body = false;   ///< whether a body follows
  std::optional<std::uint64_t> content_length;  ///< bytes; nothing for a body in chunks
  /// Values that the router found for the names of the pattern, decoded, in their order.
  std::vector<std::string> parameters;

  /// Returns the value of a field, "" where it is absent. `name` is in lower case.
  std::string_view Field(std::string_view name) const;
};

/// Answer to a request. The server adds the fields that each answer has.
struct HttpResponse {
  int status = 200;          ///< HTTP status
  std::string content_type;  ///< media type; "" with an empty body
  std::string body;          ///< content
  HttpFields fields;         ///< more fields
  /// Returns the next piece in place of `body`, "" at the end. Called in a worker thread.
  std::function<std::string()> source;
  /// Channel in place of both: others write the answer until the client disconnects. The server may
  /// end it where it needs the connection for another client, and ends it when it stops.
  std::shared_ptr<HttpChannel> channel;
};

/// Answer other than success that handlers throw: a status and a sentence for the client.
class HttpError : public std::exception {
 public:
  /// Makes an error. `detail` must not contain anything that only the node may know.
  HttpError(int status, std::string detail, HttpFields fields = {})
      : status_(status), detail_(std::move(detail)), fields_(std::move(fields)) {}
  /// Returns the detail.
  const char* what() const noexcept override { return detail_.c_str(); }
  /// Returns the HTTP status.
  int status() const { return status_; }
  /// Returns header fields of the answer.
  const HttpFields& fields() const { return fields_; }

 private:
  int status_;
  std::string detail_;
  HttpFields fields_;
};

/// Returns the reason phrase of a status, e.g. "Not Found" for 404.
std::string_view HttpReason(int status);
/// Returns an error as problem details (RFC 9457, application/problem+json).
HttpResponse ProblemResponse(int status, std::string_view detail, HttpFields fields = {});
/// Returns the answer to an exception of a handler. Details that only concern the node are logged
/// and not sent.
HttpResponse ProblemResponse(std::exception_ptr problem);
/// Returns the status that a kind of error is answered with.
int HttpStatus(ErrorCode code);

/// A media type with its parameters, e.g. of Content-Type.
struct MediaType {
  std::string type;  ///< e.g. "multipart/related", in lower case; "" without one
  std::vector<std::pair<std::string, std::string>> parameters;  ///< names in lower case

  /// Returns a parameter, "" where it is absent.
  std::string_view Parameter(std::string_view name) const;
};
/// Reads a field of RFC 9110 section 8.3.1; values may be quoted. Throws HttpError(400).
MediaType ParseMediaType(std::string_view field);
/// Returns whether an Accept field accepts this media type; an absent field accepts all.
bool Accepts(std::string_view accept, std::string_view type);

}  // namespace mhcnn
