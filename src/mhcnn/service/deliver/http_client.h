#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/service/config.h"
#include "mhcnn/service/deliver/sender.h"

namespace mhcnn {

/// What a server answered, or why there is no answer.
struct HttpAnswer {
  int status = 0;        ///< 0: no answer; `problem` says why
  std::string problem;   ///< one line; "" where there is an answer
  std::string type;      ///< Content-Type in lower case, without parameters
  std::string location;  ///< Location; "" where there is none
  std::string body;      ///< at most 16 MiB
};

/// Requests to one destination: its certificates, its token and its time limits. Redirections are
/// not followed, and proxies of the environment not used: data of patients goes where the
/// configuration says.
class HttpClient {
 public:
  /// The destination must outlive it. Throws what reading the files of token and password throws,
  /// and Error(kInternal) where libcurl does not start.
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

/// What a status of 400 and above, a redirection or a missing answer means for all objects of the
/// request: 401, 403, 408, 429 and 5xx may pass, the others do not.
SendOutcome FailureOfAnswer(const HttpAnswer& answer);

}  // namespace mhcnn
