#include "mhcnn/base/file_bytes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"

namespace mhcnn {
namespace fs = std::filesystem;

FileBytes::FileBytes(const fs::path& path, How how) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    throw Error(missing ? ErrorCode::kNotFound : ErrorCode::kIo,
                missing ? "does not exist" : std::string("cannot be opened: ") + strerror(errno),
                path.string(), missing ? "check the path" : "");
  }
  struct stat status {};
  const bool plain = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
  const std::size_t size = plain ? static_cast<std::size_t>(status.st_size) : 0;
  if (plain && how == How::kMapIfPossible) {
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (mapped != MAP_FAILED) mapped_ = mapped;
  }
  ::close(fd);
  if (!plain) throw Error(ErrorCode::kCorrupt, "is empty or not a plain file", path.string());
  if (mapped_ == nullptr) {
    read_ = ReadFile(path);
    bytes_ = read_;
  } else {
    bytes_ = {static_cast<const std::uint8_t*>(mapped_), size};
  }
}

FileBytes::~FileBytes() {
  if (mapped_ != nullptr) ::munmap(mapped_, bytes_.size());
}

}  // namespace mhcnn
