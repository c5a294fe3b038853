#pragma once

#include <chrono>
#include <string>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// For how long an answer is kept, so that a request that is sent again gets it.
inline constexpr std::chrono::hours kRequestKeyLife{24};
/// After which a request without an answer counts as broken off.
inline constexpr std::chrono::hours kRequestKeyAbandoned{1};

/// Answers to requests that clients may send again (header field Idempotency-Key).
class RequestKeys {
 public:
  /// The database must outlive it.
  explicit RequestKeys(Database& database) : database_(database) {}

  /// How the store knows a key.
  enum class State {
    kNew,         ///< it was not known: the caller holds it now, and answers or releases it
    kInProgress,  ///< another request with it is not answered yet
    kAnswered,    ///< its request was answered
  };
  /// A key as it was found.
  struct Found {
    State state = State::kNew;  ///< how the store knows it
    std::string request;        ///< what the request of the answer was: a digest
    int status = 0;             ///< HTTP status of the answer
    std::string body;           ///< body of the answer
  };

  /// Takes a key for a request. Keys that are older than kRequestKeyLife, and those without an
  /// answer that are older than kRequestKeyAbandoned, count as new.
  Found Begin(const std::string& key);
  /// Keeps the answer to the request of a key.
  void Answer(const std::string& key, const std::string& request, int status,
              const std::string& body);
  /// Gives up a key whose request was not answered. An answer stays.
  void Release(const std::string& key);
  /// Removes keys that were taken before the moment. Returns how many.
  int Purge(StoreTime before);

 private:
  Database& database_;
};

}  // namespace mhcnn
