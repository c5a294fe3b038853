#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace mhcnn {

/// Answer that continues until one side ends it, such as a stream of events. Other threads add
/// pieces and the server removes them; no thread waits for them. Thread-safe.
class HttpChannel {
 public:
  /// Makes a channel that ends when more than `limit` bytes wait for the client.
  explicit HttpChannel(std::size_t limit = 1 << 20) : limit_(limit) {}

  /// Adds a piece. Returns false where the answer has ended: the client is gone or was too slow.
  bool Send(std::string_view piece);
  /// Ends the answer after what was sent.
  void End();

  /// Sets the function of the server that is called, in any thread, after each change.
  void Listen(std::function<void()> wake);
  /// Removes the waiting bytes and returns them, "" without any.
  std::string Take();
  /// Returns whether nothing more will come.
  bool ended() const;
  /// Stops the channel for the server: Send() returns false, and `wake` is not called any more.
  void Abandon();

 private:
  mutable std::mutex mutex_;
  std::size_t limit_;
  std::string waiting_;
  std::function<void()> wake_;
  bool ended_ = false;
};

}  // namespace mhcnn
