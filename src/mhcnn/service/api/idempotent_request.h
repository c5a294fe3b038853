#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mhcnn/base/sha256.h"
#include "mhcnn/service/web/http_message.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// A request that the client may send again with the same Idempotency-Key: the second time it gets
/// the answer of the first, and nothing is done. A key belongs to the client, the method and the
/// path. Without the field nothing happens.
class IdempotentRequest {
 public:
  /// Reserves the key. `who` is the client. Throws HttpError: 400 for a key that is not 1 to 255
  /// visible characters, 409 while the first request with it is not answered.
  IdempotentRequest(ThreadStores& stores, const HttpRequest& request, const std::string& who);
  /// Releases the key where the request was not answered.
  ~IdempotentRequest();
  IdempotentRequest(const IdempotentRequest&) = delete;
  IdempotentRequest& operator=(const IdempotentRequest&) = delete;

  /// Returns whether the request was answered before and must not be done again.
  bool replays() const { return answer_.has_value(); }
  /// Adds bytes of the request to the digest by which it is compared with the earlier one.
  void Add(std::string_view bytes);
  /// Returns the earlier answer, after the whole request was added. Throws HttpError(422) where the
  /// earlier request was another one.
  HttpResponse Replay();
  /// Keeps an answer. An answer of status 500 or more, or larger than 1 MiB, is not kept: the
  /// request may be done again.
  void Keep(const HttpResponse& response);

 private:
  struct Answer {
    std::string request, body;
    int status = 0;
  };

  ThreadStores& stores_;
  std::string key_;  ///< key in the store; "" without one
  bool held_ = false;
  std::optional<Answer> answer_;
  Sha256 digest_;
};

}  // namespace mhcnn
