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

FileBytes::FileBytes(const fs::path& path, How how)
    : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (fd_.get() < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    throw Error(missing ? ErrorCode::kNotFound : ErrorCode::kIo,
                missing ? "does not exist" : std::string("cannot be opened: ") + strerror(errno),
                path.string(), missing ? "check the path" : "");
  }
  struct stat status {};
  const bool known = ::fstat(fd_.get(), &status) == 0;
  if (known && S_ISDIR(status.st_mode))
    throw Error(ErrorCode::kUsage, "is a folder, not a file", path.string(), "name a file");
  const bool plain = known && S_ISREG(status.st_mode) && status.st_size > 0;
  const std::size_t size = plain ? static_cast<std::size_t>(status.st_size) : 0;
  void* mapped = MAP_FAILED;
  if (plain && how == How::kMapIfPossible)
    mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd_.get(), 0);
  if (mapped != MAP_FAILED) {
    guard_.emplace(mapped, size);
    if (guard_->Guarded()) {
      mapped_ = mapped;
      bytes_ = {static_cast<const std::uint8_t*>(mapped), size};
      return;
    }
    guard_.reset();
    ::munmap(mapped, size);
  }
  fd_.Close();
  if (!plain) throw Error(ErrorCode::kCorrupt, "is empty or not a plain file", path.string());
  read_ = ReadFile(path);
  bytes_ = read_;
}

FileBytes::~FileBytes() {
  if (mapped_ == nullptr) return;
  guard_.reset();  // before its addresses can be those of another mapping
  ::munmap(mapped_, bytes_.size());
}

void FileBytes::CheckWhole() const {
  if (mapped_ == nullptr) return;
  // A system call that reads lost pages fails without a signal, and so does a cut within the last
  // page that is left.
  struct stat status {};
  const bool shorter =
      ::fstat(fd_.get(), &status) != 0 || static_cast<std::size_t>(status.st_size) < bytes_.size();
  if (!shorter && !guard_->Lost()) return;
  throw Error(ErrorCode::kIo, "was cut short, or could not be read to its end, while it was read",
              path_.string(), "run again when the file is complete");
}

}  // namespace mhcnn
