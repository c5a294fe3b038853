#pragma once

#include <cstddef>

namespace mhcnn {

/// Guards a file's mapped memory against the file's loss. A mapped file can be cut short by
/// another program, or its disk can fail; the system then ends a program that reads the missing
/// pages (SIGBUS). While this object lives, such pages become zeros instead, from the first one
/// that is missing to the end of the mapping, and Lost() says so.
///
/// The first object installs a handler of SIGBUS for the whole process. Signals for other memory go
/// to the handler that was there before. A program that installs a handler of its own later takes
/// the protection away, unless its handler calls this one.
class GuardedMemory {
 public:
  /// Guards `size` bytes from `begin`, which a call of mmap gave.
  GuardedMemory(const void* begin, std::size_t size);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  /// Returns whether the memory is guarded: a process guards 256 mappings at a time.
  bool Guarded() const { return slot_ >= 0; }
  /// Returns whether pages were missing when they were read.
  bool Lost() const;

 private:
  int slot_ = -1;
};

}  // namespace mhcnn
