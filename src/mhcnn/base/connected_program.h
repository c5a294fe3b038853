#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "mhcnn/base/file_descriptor.h"

namespace mhcnn {

/// A program that this one started and talks to over a socket (base/message_socket.h), which is its
/// standard input. What it prints goes to standard error. Ctrl-C does not reach it; it is to end
/// when the socket is closed, as it is when this program dies.
class ConnectedProgram {
 public:
  /// Starts `command`: the file and its arguments. Throws Error(kIo) if it cannot be started.
  explicit ConnectedProgram(const std::vector<std::string>& command);
  /// Closes the socket and waits until the program has ended; kills it after five seconds.
  ~ConnectedProgram();
  ConnectedProgram(const ConnectedProgram&) = delete;
  ConnectedProgram& operator=(const ConnectedProgram&) = delete;

  /// Returns the socket of this end.
  int socket() const { return socket_.get(); }
  /// Returns the number of the process.
  pid_t pid() const { return pid_; }

 private:
  FileDescriptor socket_;
  pid_t pid_ = 0;
};

}  // namespace mhcnn
