#include "mhcnn/base/flush.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/base/log.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Warns once.
bool MayGoUnsynced(const fs::path& path, int code) {
  if (code != EINVAL && code != ENOTSUP && code != EOPNOTSUPP && code != ENOSYS) return false;
  static std::once_flag warned;
  std::call_once(warned, [&] {
    spdlog::warn(
        "{}: its disk cannot flush files ({}): after a power failure the last results "
        "may be lost",
        path.parent_path().string(), std::strerror(code));
  });
  return true;
}

}  // namespace

bool FlushFile(int fd, const fs::path& path) {
  return ::fsync(fd) == 0 || MayGoUnsynced(path, errno);
}

bool FlushPath(const fs::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const bool flushed = file.get() >= 0 && FlushFile(file.get(), path);
  const int code = errno;
  file.Close();
  errno = code;
  return flushed;
}

bool FlushData(int fd, const fs::path& path) {
  return ::fdatasync(fd) == 0 || MayGoUnsynced(path, errno);
}

}  // namespace mhcnn
