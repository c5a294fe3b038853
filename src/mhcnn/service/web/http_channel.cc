#include "mhcnn/service/web/http_channel.h"

#include <utility>

namespace mhcnn {

bool HttpChannel::Send(std::string_view piece) {
  const std::lock_guard lock(mutex_);
  if (ended_) return false;
  if (waiting_.size() + piece.size() > limit_) {
    ended_ = true;
    waiting_.clear();
  } else {
    waiting_ += piece;
  }
  if (wake_) wake_();
  return !ended_;
}

void HttpChannel::End() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  if (wake_) wake_();
}

void HttpChannel::Listen(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

std::string HttpChannel::Take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

bool HttpChannel::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_ && waiting_.empty();
}

void HttpChannel::Abandon() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  waiting_.clear();
  wake_ = {};
}

}  // namespace mhcnn
