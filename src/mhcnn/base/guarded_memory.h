#pragma once

#include <cstddef>

namespace mhcnn {

/// Guards the memory of a mapped file. Another program can cut the file short, or its disk can
/// fail. Without a guard, the system then ends a program that reads the missing pages (SIGBUS).
/// With a guard, the first missing page and all pages behind it become zeros, and Lost() returns
/// true.
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
