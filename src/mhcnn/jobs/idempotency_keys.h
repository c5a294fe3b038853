#pragma once

#include <chrono>
#include <string>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// Time for which an answer is kept, so that a request that is sent again gets it.
inline constexpr std::chrono::hours kIdempotencyKeyLifetime{24};
/// Time after which a request without an answer counts as interrupted.
inline constexpr std::chrono::hours kIdempotencyKeyTimeout{1};

/// Answers to requests that clients may send again (header field Idempotency-Key).
class IdempotencyKeys {
 public:
  /// The database must outlive it.
  explicit IdempotencyKeys(Database& database) : database_(database) {}

  /// State of a key in the store.
  enum class State {
    kNew,         ///< it was not known: the caller has it now, and answers or releases it
    kInProgress,  ///< another request with it is not answered yet
    kAnswered,    ///< its request was answered
  };
  /// A key as it was found.
  struct Found {
    State state = State::kNew;  ///< state of the key
    std::string request;        ///< digest of the request that was answered
    int status = 0;             ///< HTTP status of the answer
    std::string body;           ///< body of the answer
  };

  /// Claims a key for a request. Keys that are older than kIdempotencyKeyLifetime, and those
  /// without an answer that are older than kIdempotencyKeyTimeout, count as new.
  Found Begin(const std::string& key);
  /// Stores the answer to the request of a key.
  void Answer(const std::string& key, const std::string& request, int status,
              const std::string& body);
  /// Releases a key whose request was not answered. An answer is kept.
  void Release(const std::string& key);
  /// Removes keys that were claimed before the moment. Returns how many.
  int Purge(StoreTime before);

 private:
  Database& database_;
};

}  // namespace mhcnn
