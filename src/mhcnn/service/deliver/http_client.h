#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/service/config.h"
#include "mhcnn/service/deliver/sender.h"

namespace mhcnn {

/// Answer of a server, or the reason why it gave no answer.
struct HttpAnswer {
  int status = 0;        ///< HTTP status; 0: no answer, see `problem`
  std::string problem;   ///< reason in one line; "" where there is an answer
  std::string type;      ///< Content-Type in lower case, without parameters
  std::string location;  ///< field Location, or ""
  std::string body;      ///< content, at most 16 MiB
};

/// Sends requests to one destination, with its certificates, its token and its time limits.
/// Redirections are not followed and proxies of the environment are not used: patients' data is
/// sent only to the configured address.
class HttpClient {
 public:
  /// Keeps `destination`, which must outlive it. Throws what reading the files of token and
  /// password throws, and Error(kInternal) where libcurl does not start.
  explicit HttpClient(const DestinationConfig& destination);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends the request, with Content-Length, and waits for the whole answer. `method`: "GET" or
  /// "POST". `headers`: "Name: value".
  HttpAnswer Request(const char* method, const std::string& url,
                     const std::vector<std::string>& headers, std::string_view body = {});

 private:
  struct Parts;
  const DestinationConfig& destination_;
  std::unique_ptr<Parts> parts_;
};

/// Returns the outcome of all objects of a request for a status of 400 and above, a redirection or
/// a missing answer. Transient: no answer, 401, 403, 408, 429 and 5xx. Permanent: all others.
SendOutcome ToFailureOutcome(const HttpAnswer& answer);

}  // namespace mhcnn
