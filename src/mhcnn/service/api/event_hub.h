#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/api/node_counts.h"
#include "mhcnn/service/web/http_channel.h"

namespace mhcnn {

/// Options of the event streams.
struct EventHubOptions {
  std::size_t max_streams = 64;                       ///< largest number of clients at once
  std::chrono::milliseconds period{1000};             ///< between two queries of the store
  std::chrono::milliseconds keep_alive{15'000};       ///< between two comments if no event comes
  std::chrono::milliseconds max_duration{3'600'000};  ///< then a client opens another stream

  /// Throws Error(kUsage) that names the field which is below its smallest value.
  void Check() const;
};

/// Sends the changes of the store to all clients (server-sent events). One thread, with a store of
/// its own, queries it once for all of them, and only while there is a client. Thread-safe.
///
/// Events: `exam` with the ExamSummary of an exam that changed, `counts` with NodeCounts, and
/// `reload` where a client that resumes has missed too much: it should ask for its list again. The
/// `id` is the time in milliseconds.
class EventHub {
 public:
  /// Starts the thread. `counts` must outlive it. The store is opened when there is a client.
  EventHub(JobStoreOptions store, NodeCounts& counts, EventHubOptions options = {});
  /// Ends all streams.
  ~EventHub();

  /// Makes the stream of a client. `last_id` is the id of the last event that it has, "" for a new
  /// client. The stream ends when `goes_on`, which is called with each comment, returns false;
  /// empty: never. Throws HttpError: 400 for another id, 503 where there are too many clients.
  std::shared_ptr<HttpChannel> Open(const std::string& last_id, std::function<bool()> goes_on = {});
  /// Returns the number of streams that are open.
  std::size_t streams();

 private:
  struct Stream {
    std::shared_ptr<HttpChannel> channel;
    std::function<bool()> goes_on;
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    std::optional<StoreTime> resume;
    bool greeted = false;
  };
  void Run(const std::stop_token& stop);
  void PollStore(JobStore& store);
  void Greet(JobStore& store, StoreTime now, const std::string& news);
  std::string Changes(JobStore& store, StoreTime now);
  void SendToAll(const std::string& text);
  void EndTheRefused();

  JobStoreOptions store_;
  NodeCounts& counts_;
  EventHubOptions options_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Stream> streams_;  ///< guarded by mutex_, as is `joined_`
  bool joined_ = false;          ///< whether a stream was opened since the last query
  // Used by the thread alone.
  std::map<std::int64_t, std::string> known_;  ///< last text that was sent for an exam
  std::optional<StoreTime> last_;              ///< time of the last query
  std::string last_counts_;
  std::chrono::steady_clock::time_point next_comment_{};
  std::jthread thread_;
};

}  // namespace mhcnn
