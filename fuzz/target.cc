#include "target.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace mhcnn::fuzzing {

MemoryFile::MemoryFile(std::span<const std::uint8_t> bytes)
    : fd_(::memfd_create("mhcnn-fuzz", 0)), path_("/proc/self/fd/" + std::to_string(fd_)) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::write(fd_, bytes.data() + done, bytes.size() - done);
    if (written <= 0) std::abort();
    done += static_cast<std::size_t>(written);
  }
}

MemoryFile::~MemoryFile() { ::close(fd_); }

}  // namespace mhcnn::fuzzing
