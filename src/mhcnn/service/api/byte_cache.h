#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Cache of the last used answers that took long to make, up to a number of bytes and of answers.
/// Thread-safe.
class ByteCache {
 public:
  /// Keeps at most `limit` bytes of bodies, and `most` answers: each search reads all keys.
  explicit ByteCache(std::size_t limit, std::size_t most = 256) : limit_(limit), most_(most) {}

  /// Returns the answer that was kept under this key; null without one.
  std::shared_ptr<const HttpResponse> Find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->key != key) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entry->answer;
    }
    return nullptr;
  }
  /// Keeps an answer and removes the least recently used ones. An answer that is larger than the
  /// limit is not kept.
  void Keep(const std::string& key, std::shared_ptr<const HttpResponse> answer) {
    const std::lock_guard lock(mutex_);
    if (answer->body.size() > limit_) return;
    std::erase_if(entries_, [&](const Entry& entry) {
      if (entry.key == key) bytes_ -= entry.answer->body.size();
      return entry.key == key;
    });
    bytes_ += answer->body.size();
    entries_.push_front({key, std::move(answer)});
    while (bytes_ > limit_ || entries_.size() > most_) {
      bytes_ -= entries_.back().answer->body.size();
      entries_.pop_back();
    }
  }
  /// Returns the number of bytes that are kept.
  std::size_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const HttpResponse> answer;
  };
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  ///< few, the last used first
  std::size_t limit_, most_, bytes_ = 0;
};

}  // namespace mhcnn
