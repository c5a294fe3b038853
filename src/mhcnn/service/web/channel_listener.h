#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

#include "mhcnn/service/web/http_channel.h"

namespace mhcnn {

/// Listener through which a channel wakes the thread of the connections: it cancels a timer.
class ChannelListener {
 public:
  /// Listens to a channel, which may be null.
  ChannelListener(boost::asio::io_context& io, std::shared_ptr<HttpChannel> channel)
      : timer_(std::make_shared<boost::asio::steady_timer>(io)), channel_(std::move(channel)) {
    if (!channel_) return;
    channel_->Listen([&io, weak = std::weak_ptr(timer_)] {
      boost::asio::post(io, [weak] {
        if (const auto timer = weak.lock()) timer->cancel();
      });
    });
  }
  ~ChannelListener() {
    if (channel_) channel_->Abandon();
  }
  ChannelListener(const ChannelListener&) = delete;
  ChannelListener& operator=(const ChannelListener&) = delete;

  /// Returns the timer to wait for.
  boost::asio::steady_timer& timer() const { return *timer_; }

 private:
  std::shared_ptr<boost::asio::steady_timer> timer_;
  std::shared_ptr<HttpChannel> channel_;
};

}  // namespace mhcnn
