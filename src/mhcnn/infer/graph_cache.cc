#include "mhcnn/infer/graph_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr const char* kExtension = ".graph";
constexpr std::size_t kLargest = std::size_t{1} << 30;

/// Header of the file, before the network.
struct Header {
  char magic[8] = {'m', 'h', 'c', 'n', 'n', 'g', 'r', '2'};
  std::uint64_t size = 0;
  std::uint64_t checksum = 0;  ///< CRC-32 of the network
  char key[64] = {};           ///< SHA-256 of the key, in hexadecimal
};

/// Whether the folder belongs to this user, and nobody else may put files into it.
bool IsOwnFolder(const fs::path& folder) {
  struct stat about {};
  return ::stat(folder.c_str(), &about) == 0 && about.st_uid == ::geteuid() &&
         (about.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::uint64_t Checksum(const std::uint8_t* data, std::size_t size) {
  return crc32_z(0, data, size);
}

/// A file that is open for reading.
class OpenFile {
 public:
  explicit OpenFile(const fs::path& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Returns its size, if it is a plain file that nobody else could have written; else 0.
  std::size_t OwnSize() const {
    struct stat about {};
    if (fd_ < 0 || ::fstat(fd_, &about) != 0 || !S_ISREG(about.st_mode)) return 0;
    const bool own = about.st_uid == ::geteuid() && (about.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    return own ? static_cast<std::size_t>(about.st_size) : 0;
  }
  bool Read(void* to, std::size_t size) const {
    auto* bytes = static_cast<std::uint8_t*>(to);
    while (size > 0) {
      const ssize_t got = ::read(fd_, bytes, size);
      if (got <= 0) return false;
      bytes += got;
      size -= static_cast<std::size_t>(got);
    }
    return true;
  }
  /// Sets the time of use, by which files are removed.
  void Touch() const { ::futimens(fd_, nullptr); }

 private:
  int fd_;
};

void RemoveOld(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code ec;
  for (fs::directory_iterator walk(folder, ec); !ec && walk != fs::directory_iterator();
       walk.increment(ec)) {
    if (walk->path().extension() != kExtension) continue;
    std::error_code gone;
    const auto time = fs::last_write_time(walk->path(), gone);
    if (!gone) files.emplace_back(time, walk->path());
  }
  std::sort(files.rbegin(), files.rend());
  for (std::size_t i = GraphCache::kMaxGraphs; i < files.size(); ++i)
    fs::remove(files[i].second, ec);
}

}  // namespace

GraphCache::GraphCache(fs::path folder, const std::string& key) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  key_ = Sha256Hex(key);
  file_ = folder_ / (key_.substr(0, 32) + kExtension);
}

GraphBytes GraphCache::Read() const noexcept {
  try {
    if (folder_.empty() || !IsOwnFolder(folder_)) return {};
    const OpenFile file(file_);
    const std::size_t size = file.OwnSize();
    Header header;
    if (size <= sizeof(header) || size > kLargest || !file.Read(&header, sizeof(header))) return {};
    if (std::memcmp(header.magic, Header().magic, sizeof(header.magic)) != 0 ||
        key_.compare(0, key_.size(), header.key, sizeof(header.key)) != 0 ||
        header.size != size - sizeof(header)) {
      return {};
    }
    GraphBytes graph{std::make_unique_for_overwrite<std::uint8_t[]>(header.size), header.size};
    if (!file.Read(graph.data.get(), graph.size) ||
        Checksum(graph.data.get(), graph.size) != header.checksum) {
      return {};
    }
    file.Touch();
    return graph;
  } catch (const std::exception&) {
    return {};
  }
}

void GraphCache::Write(std::span<const std::uint8_t> graph) const noexcept {
  try {
    if (folder_.empty() || graph.size() > kLargest - sizeof(Header)) return;
    std::error_code ec;
    if (!fs::exists(folder_, ec)) {
      fs::create_directories(folder_, ec);
      fs::permissions(folder_, fs::perms::owner_all, ec);
    }
    Header header;
    header.size = graph.size();
    header.checksum = Checksum(graph.data(), graph.size());
    key_.copy(header.key, sizeof(header.key));
    AtomicFile file(file_);
    file.Write(&header, sizeof(header));
    file.Write(graph.data(), graph.size());
    file.Commit();
    fs::permissions(file_, fs::perms::group_write | fs::perms::others_write,
                    fs::perm_options::remove, ec);
    RemoveOld(folder_);
  } catch (const std::exception&) {
    // The next start compiles again.
  }
}

}  // namespace mhcnn
