#pragma once

#include <unistd.h>

namespace mhcnn {

/// A file descriptor that closes itself; a negative number means none.
class FileDescriptor {
 public:
  /// Takes over the descriptor.
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor() { Close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  /// Returns the descriptor, which stays owned.
  int get() const { return fd_; }
  /// Closes the descriptor and takes over another one.
  void Reset(int fd) {
    Close();
    fd_ = fd;
  }
  /// Closes the descriptor now.
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

}  // namespace mhcnn
