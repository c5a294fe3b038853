#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace mhcnn {

/// An answer that goes on for as long as both sides want, such as a stream of events. Others put
/// pieces in, the server takes them out; no thread waits for them. Thread-safe.
class HttpChannel {
 public:
  /// A client that leaves more than `limit` bytes waiting is cut off.
  explicit HttpChannel(std::size_t limit = 1 << 20) : limit_(limit) {}

  /// Adds a piece. Returns false where the answer has ended: the client went, or was too slow.
  bool Send(std::string_view piece);
  /// Ends the answer after what was sent.
  void End();

  /// What the server calls: `wake` is called, in any thread, after each change.
  void Listen(std::function<void()> wake);
  /// Returns what waits, "" where nothing does.
  std::string Take();
  /// Returns whether nothing more will come.
  bool ended() const;
  /// Nothing more will be taken: Send() returns false and `wake` is not called any more.
  void Abandon();

 private:
  mutable std::mutex mutex_;
  std::size_t limit_;
  std::string waiting_;
  std::function<void()> wake_;
  bool ended_ = false;
};

}  // namespace mhcnn
