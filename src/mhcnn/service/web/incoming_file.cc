#include "mhcnn/service/web/incoming_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/base/write_all.h"

namespace mhcnn {

IncomingFile::IncomingFile(std::filesystem::path path) : path_(std::move(path)) {
  fd_ = ::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd_ < 0) ThrowSystem();
}

IncomingFile::~IncomingFile() {
  if (fd_ >= 0) ::close(fd_);
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

void IncomingFile::Write(std::string_view piece) {
  if (!WriteAll(fd_, piece)) ThrowSystem();
  bytes_ += piece.size();
}

std::filesystem::path IncomingFile::ReleaseFile() {
  const int fd = std::exchange(fd_, -1);
  if (::close(fd) != 0) ThrowSystem();
  return std::exchange(path_, {});
}

void IncomingFile::ThrowSystem() const {
  throw Error(ErrorCode::kIo, std::strerror(errno), path_.string());
}

}  // namespace mhcnn
