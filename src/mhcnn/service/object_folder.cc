#include "mhcnn/service/object_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/base/flush.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/log.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr const char* kIncoming = "incoming";
constexpr const char* kWork = "work";
constexpr const char* kReceived = "received";
constexpr const char* kResults = "results";
constexpr const char* kLock = "folders.lock";

[[noreturn]] void ThrowIo(const fs::path& path, const std::string& what, int code) {
  throw Error(ErrorCode::kIo, what + ": " + std::strerror(code), path.string(),
              "look at the disk of the object folder");
}

void Flush(const fs::path& path) {
  if (!FlushPath(path)) ThrowIo(path, "cannot be flushed to the disk", errno);
}

void MakePrivate(const fs::path& folder) {
  std::error_code ec;
  if (fs::is_directory(folder, ec)) return;
  MakeFolder(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    MakeFolder(folder);  // says what stands in the way
  }
}

bool IsHexDigest(const std::string& digest) {
  return digest.size() == 64 && std::all_of(digest.begin(), digest.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// Holds the lock of the object folder: shared by those who put files into folders, alone for who
// takes empty folders away. Without the lock, a folder could go between mkdir and rename.
class FoldersLock {
 public:
  // `operation` is that of flock(2): LOCK_SH or LOCK_EX, with LOCK_NB or without.
  FoldersLock(const fs::path& root, int operation)
      : fd_(::open((root / kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (fd_ < 0) ThrowIo(root / kLock, "cannot be opened", errno);
    int result = -1;
    do {
      result = ::flock(fd_, operation);
    } while (result != 0 && errno == EINTR);
    held_ = result == 0;
    if (held_ || errno == EWOULDBLOCK) return;
    const int code = errno;
    ::close(fd_);
    ThrowIo(root / kLock, "cannot be locked", code);
  }
  ~FoldersLock() { ::close(fd_); }
  FoldersLock(const FoldersLock&) = delete;
  FoldersLock& operator=(const FoldersLock&) = delete;

  // False where LOCK_NB was given and another process has the lock.
  bool held() const { return held_; }

 private:
  int fd_ = -1;
  bool held_ = false;
};

}  // namespace

ObjectFolder::ObjectFolder(fs::path root) : root_(fs::absolute(root)) {
  MakePrivate(root_);
  for (const char* part : {kIncoming, kWork, kReceived}) MakePrivate(root_ / part);
}

fs::path ObjectFolder::Path(const fs::path& file) const {
  const bool leads_outside =
      file.empty() || file.is_absolute() ||
      std::any_of(file.begin(), file.end(), [](const fs::path& part) { return part == ".."; });
  if (leads_outside) {
    throw Error(ErrorCode::kCorrupt, "is not a file of the object folder", file.string(),
                "check the job store: it names a file outside this folder");
  }
  return root_ / file;
}

fs::path ObjectFolder::MakeIncomingPath() const {
  std::uint64_t random[2] = {};
  if (::getrandom(random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    throw Error(ErrorCode::kInternal, "the system gives no random numbers");
  }
  return root_ / kIncoming / fmt::format("{:016x}{:016x}.part", random[0], random[1]);
}

fs::path ObjectFolder::Keep(const fs::path& incoming, const std::string& digest) const {
  if (!IsHexDigest(digest)) {
    throw Error(ErrorCode::kInternal, "is no SHA-256 digest", digest);
  }
  const fs::path file =
      fs::path(kReceived) / digest.substr(0, 2) / digest.substr(2, 2) / (digest + ".dcm");
  const fs::path target = root_ / file;
  Flush(incoming);
  const FoldersLock lock(root_, LOCK_SH);
  MakePrivate(target.parent_path().parent_path());
  MakePrivate(target.parent_path());
  if (::rename(incoming.c_str(), target.c_str()) != 0) {
    ThrowIo(target, "cannot be put into its place", errno);
  }
  // All of them, though they were there: who made them may not have flushed them yet.
  const fs::path leaf = target.parent_path();
  for (const fs::path& folder : {leaf, leaf.parent_path(), leaf.parent_path().parent_path()}) {
    Flush(folder);
  }
  return file;
}

void ObjectFolder::RemoveStale() const {
  const auto limit = fs::file_time_type::clock::now() - std::chrono::hours(24);
  for (const char* part : {kIncoming, kWork}) {
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(root_ / part, ec)) {
      const auto changed = fs::last_write_time(entry.path(), ec);
      if (ec || changed >= limit) continue;
      fs::remove_all(entry.path(), ec);
      if (ec) spdlog::warn("{}: cannot be removed: {}", entry.path().string(), ec.message());
    }
  }
}

void ObjectFolder::ForEachResult(std::chrono::hours age,
                                 const std::function<bool(const fs::path&)>& visit) const {
  const auto limit = fs::file_time_type::clock::now() - age;
  std::error_code ec;
  fs::recursive_directory_iterator entry(root_ / kResults, ec), end;
  // A folder may go away meanwhile; what is left comes with the next call.
  for (; !ec && entry != end; entry.increment(ec)) {
    std::error_code gone;
    if (!entry->is_regular_file(gone) || gone) continue;
    const auto written = entry->last_write_time(gone);
    if (!gone && written < limit && !visit(entry->path().lexically_relative(root_))) return;
  }
}

void ObjectFolder::Remove(const fs::path& file) const {
  const fs::path target = Path(file);
  if (::unlink(target.c_str()) != 0 && errno != ENOENT) {
    ThrowIo(target, "cannot be removed", errno);
  }
  // While another process puts a file in, empty folders stay: the next removal takes them.
  const FoldersLock lock(root_, LOCK_EX | LOCK_NB);
  if (!lock.held()) return;
  // The folders of the first level stay.
  fs::path folder = file.parent_path();
  while (folder.has_parent_path() && !folder.parent_path().empty()) {
    if (::rmdir((root_ / folder).c_str()) != 0) break;
    folder = folder.parent_path();
  }
}

std::uint64_t ObjectFolder::Free() const {
  struct statvfs stat {};
  if (::statvfs(root_.c_str(), &stat) != 0) ThrowIo(root_, "its free space cannot be read", errno);
  return static_cast<std::uint64_t>(stat.f_bavail) * stat.f_frsize;
}

}  // namespace mhcnn
