#include "mhcnn/base/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/write_all.h"

namespace mhcnn {
namespace {

[[noreturn]] void ThrowNoMemory() {
  throw Error(ErrorCode::kIo,
              std::string("there is no memory to unpack it into: ") + std::strerror(errno), "",
              "unpack it yourself");
}

}  // namespace

MemoryFile::MemoryFile() : fd_(::memfd_create("mhcnn", MFD_CLOEXEC)) {
  if (fd_ < 0) ThrowNoMemory();
  path_ = "/proc/self/fd/" + std::to_string(fd_);
}

MemoryFile::MemoryFile(std::span<const std::uint8_t> content) : MemoryFile() { Append(content); }

MemoryFile::~MemoryFile() {
  if (fd_ >= 0) ::close(fd_);
}

void MemoryFile::Append(std::span<const std::uint8_t> content) {
  if (!WriteAll(fd_, content)) ThrowNoMemory();
  size_ += content.size();
}

}  // namespace mhcnn
