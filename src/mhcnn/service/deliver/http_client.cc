#include "mhcnn/service/deliver/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr std::size_t kLargestAnswer = std::size_t{16} << 20;

std::size_t AddToBody(char* data, std::size_t size, std::size_t count, void* answer) {
  std::string& body = static_cast<HttpAnswer*>(answer)->body;
  if (body.size() + size * count > kLargestAnswer) return 0;
  body.append(data, size * count);
  return size * count;
}

std::size_t ReadHeader(char* data, std::size_t size, std::size_t count, void* pointer) {
  auto& answer = *static_cast<HttpAnswer*>(pointer);
  const std::string line(data, size * count);
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) return size * count;
  const std::string name = ToLower(line.substr(0, colon)), value = Trim(line.substr(colon + 1));
  if (name == "content-type") answer.type = Trim(ToLower(value.substr(0, value.find(';'))));
  if (name == "location") answer.location = value;
  return size * count;
}

std::string ReadSecret(const std::filesystem::path& file) {
  return file.empty() ? std::string() : Trim(ReadTextFile(file));
}

}  // namespace

struct HttpClient::Parts {
  CURL* curl = nullptr;
  std::string token, key_password;
};

HttpClient::HttpClient(const DestinationConfig& destination)
    : destination_(destination), parts_(std::make_unique<Parts>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  parts_->token = ReadSecret(destination.token_file);
  parts_->key_password = ReadSecret(destination.tls.key_password_file);
  parts_->curl = curl_easy_init();
  if (parts_->curl == nullptr) throw Error(ErrorCode::kInternal, "libcurl does not start");
}

HttpClient::~HttpClient() { curl_easy_cleanup(parts_->curl); }

HttpAnswer HttpClient::Request(const char* method, const std::string& url,
                               const std::vector<std::string>& headers, std::string_view body) {
  CURL* curl = parts_->curl;
  HttpAnswer answer;
  char problem[CURL_ERROR_SIZE] = "";
  const TlsConfig& tls = destination_.tls;
  const auto timeout_ms = static_cast<long>(destination_.timeout.count());
  curl_easy_reset(curl);  // keeps the connection
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, std::max(1L, timeout_ms / 1000));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!tls.trusted.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, tls.trusted.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  if (!tls.certificate.empty()) {
    curl_easy_setopt(curl, CURLOPT_SSLCERT, tls.certificate.c_str());
    curl_easy_setopt(curl, CURLOPT_SSLKEY, tls.key.c_str());
    curl_easy_setopt(curl, CURLOPT_KEYPASSWD, parts_->key_password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, AddToBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, ReadHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
  if (std::string_view(method) == "POST") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  } else {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  }
  curl_slist* list = nullptr;
  for (const auto& header : headers) list = curl_slist_append(list, header.c_str());
  if (!parts_->token.empty()) {
    list = curl_slist_append(list, ("Authorization: Bearer " + parts_->token).c_str());
  }
  // "Expect: 100-continue" would cost a round trip for a large body; some servers never answer it.
  list = curl_slist_append(list, "Expect:");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  const CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(list);
  if (code != CURLE_OK) {
    answer.problem = ToDisplayText(problem[0] != '\0' ? problem : curl_easy_strerror(code));
    return answer;
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

SendOutcome ToFailureOutcome(const HttpAnswer& answer) {
  if (answer.status == 0) return {SendResult::kTransient, "no answer: " + answer.problem};
  const std::string code = fmt::format("the destination answered {}", answer.status);
  switch (answer.status) {
    case 401:
    case 403:
      return {SendResult::kTransient, code +
                                          ": it does not accept the token or the certificate; "
                                          "check token_file and tls of the destination"};
    case 404:
      return {SendResult::kPermanent, code + ": check the url of the destination"};
    case 408:
    case 429:
      return {SendResult::kTransient, code + ": it is busy"};
    case 413:
      return {SendResult::kPermanent, code + ": the result is larger than it allows"};
    case 415:
      return {SendResult::kPermanent, code + ": it does not take this kind of content"};
    default:
      break;
  }
  if (answer.status >= 500) return {SendResult::kTransient, code};
  if (answer.status >= 300 && answer.status < 400) {
    return {SendResult::kPermanent,
            code + ", a redirection, which is not followed; write the new address into url"};
  }
  return {SendResult::kPermanent, code};
}

}  // namespace mhcnn
