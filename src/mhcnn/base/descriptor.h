#pragma once

#include <unistd.h>

namespace mhcnn {

/// A file descriptor that closes itself; a negative one stands for none.
class Descriptor {
 public:
  /// Takes over the descriptor.
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  /// Returns the descriptor, which stays owned.
  int get() const { return fd_; }
  /// Closes what it has and takes over another descriptor.
  void Reset(int fd) {
    Close();
    fd_ = fd;
  }
  /// Closes it now.
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

}  // namespace mhcnn
