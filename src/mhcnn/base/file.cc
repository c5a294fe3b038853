#include "mhcnn/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <regex>
#include <span>

#include "mhcnn/base/error.h"
#include "mhcnn/base/flush.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/write_all.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void ThrowErrno(const fs::path& path, const std::string& action) {
  const int saved = errno;
  const ErrorCode code = saved == ENOENT         ? ErrorCode::kNotFound
                         : saved == ENAMETOOLONG ? ErrorCode::kLimit
                                                 : ErrorCode::kIo;
  throw Error(code, action + ": " + std::strerror(saved), path.string(),
              saved == ENOSPC         ? "free some disk space and run again"
              : saved == ENAMETOOLONG ? "give the file a shorter name"
                                      : "");
}

fs::path TemporaryName(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  fs::path name = path;
  name += fmt::format(".{}-{}.tmp", ::getpid(), counter++);
  return name;
}

}  // namespace

std::vector<std::uint8_t> ReadFile(const fs::path& path, std::uint64_t max_bytes) {
  std::error_code ec;
  if (fs::is_directory(path, ec)) {
    throw Error(ErrorCode::kUsage, "is a folder, not a file", path.string());
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) ThrowErrno(path, "cannot be opened");
  std::vector<std::uint8_t> content;
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size >= 0 && static_cast<std::uint64_t>(size) > max_bytes) {
    ::close(fd);
    throw Error(ErrorCode::kLimit,
                "has " + std::to_string(size) + " bytes, more than the limit of " +
                    std::to_string(max_bytes),
                path.string());
  }
  ::lseek(fd, 0, SEEK_SET);
  constexpr std::size_t kPiece = 65536;  // of a pipe, whose size is not known
  const bool is_pipe = size < 0;
  content.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  std::size_t done = 0;
  while (is_pipe || done < content.size()) {
    if (is_pipe && done >= max_bytes) {
      ::close(fd);
      throw Error(ErrorCode::kLimit,
                  "has more bytes than the limit of " + std::to_string(max_bytes), path.string());
    }
    if (is_pipe) content.resize(done + kPiece);
    const ssize_t n = ::read(fd, content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int saved = errno;
      ::close(fd);
      errno = saved;
      ThrowErrno(path, "cannot be read");
    }
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  ::close(fd);
  content.resize(done);
  return content;
}

std::string FileFingerprint(const fs::path& path) {
  const auto bytes = ReadFile(path);
  return ToHexDigits(Fnv1a({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

std::string ReadTextFile(const fs::path& path, std::uint64_t max_bytes) {
  const auto bytes = ReadFile(path, max_bytes);
  return {bytes.begin(), bytes.end()};
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)), temporary_(TemporaryName(path_)) {
  std::error_code ec;
  const auto status = fs::status(path_, ec);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    // A rename would put a file in the place of a device or a pipe.
    throw Error(ErrorCode::kUsage, "is not a regular file", path_.string(), "name a file");
  }
  MakeFolder(path_.parent_path());
  fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) ThrowCannotWrite(path_, errno);
}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::Write(const void* data, std::size_t size) {
  if (!WriteAll(fd_, std::span(static_cast<const std::uint8_t*>(data), size)))
    ThrowErrno(path_, "cannot be written");
}

void AtomicFile::Commit() {
  // A library may have replaced the temporary file by its own: sync what is there by name now.
  if (!FlushPath(temporary_)) ThrowErrno(path_, "cannot be written");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) ThrowErrno(path_, "cannot be replaced");
  ::close(fd_);
  fd_ = -1;
}

void RemoveStaleTemporaries(const std::set<fs::path>& files) {
  // As TemporaryName makes them.
  static const std::regex temporary("(.+)\\.[0-9]+-[0-9]+\\.tmp");
  std::set<fs::path> folders;
  for (const auto& file : files) folders.insert(file.parent_path());
  for (const auto& folder : folders) {
    std::error_code ec;
    for (fs::directory_iterator walk(folder, ec), end; !ec && walk != end; walk.increment(ec)) {
      const std::string name = walk->path().filename().string();
      if (!name.ends_with(".tmp")) continue;
      std::smatch match;
      if (std::regex_match(name, match, temporary) && files.count(folder / match[1].str()) > 0) {
        std::error_code ignored;
        fs::remove(walk->path(), ignored);
      }
    }
  }
}

void WriteFileAtomically(const fs::path& path, std::string_view content) {
  AtomicFile file(path);
  file.Write(content);
  file.Commit();
}

void WriteFileAtomically(const fs::path& path, const std::vector<std::uint8_t>& content) {
  AtomicFile file(path);
  file.Write(content.data(), content.size());
  file.Commit();
}

}  // namespace mhcnn
