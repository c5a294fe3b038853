#include "mhcnn/base/tar_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/base/zip_archive.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Reader of a file by libarchive, from a place on.
class Reader {
 public:
  Reader(const fs::path& path, std::int64_t place)
      : reader_(archive_read_new(), &archive_read_free),
        fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    archive_read_support_format_tar(reader_.get());
    archive_read_support_format_empty(reader_.get());
    if (fd_ >= 0 && ::lseek(fd_, place, SEEK_SET) == place) {
      open_ = archive_read_open_fd(reader_.get(), fd_, std::size_t{1} << 16) == ARCHIVE_OK;
    }
  }
  ~Reader() {
    reader_.reset();
    if (fd_ >= 0) ::close(fd_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool open() const { return open_; }
  archive* get() const { return reader_.get(); }
  std::string Problem() const {
    const char* text = archive_error_string(reader_.get());
    return text != nullptr ? text : "damaged";
  }

 private:
  std::unique_ptr<archive, int (*)(archive*)> reader_;
  int fd_;
  bool open_ = false;
};

std::string ReadEntryName(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  return name != nullptr ? name : "";
}

}  // namespace

bool TarArchive::IsTar(const fs::path& path) {
  return SniffArchive(ReadFileHead(path, kArchiveHead)) == ArchiveKind::kTar;
}

TarArchive::TarArchive(fs::path path) : path_(std::move(path)) {
  const Reader reader(path_, 0);
  archive_entry* entry = nullptr;
  int status = reader.open() ? ARCHIVE_OK : ARCHIVE_FATAL;
  while (status != ARCHIVE_FATAL) {
    ThrowIfInterrupted();
    status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status == ARCHIVE_RETRY) continue;
    if (status == ARCHIVE_FATAL) break;
    const std::string name = ReadEntryName(entry);
    if (name.empty() || places_.size() > kMaxZipMembers) break;
    if (const char* target = archive_entry_hardlink(entry); target != nullptr) {
      if (const auto place = places_.find(target); place != places_.end()) {
        places_[name] = place->second;
      }
    } else if (archive_entry_filetype(entry) == AE_IFREG) {
      places_[name] = archive_read_header_position(reader.get());  // of two, the later one counts
    }
  }
  if (places_.size() > kMaxZipMembers) {
    throw Error(ErrorCode::kLimit,
                "contains more than " + std::to_string(kMaxZipMembers) + " files", path_.string(),
                "unpack it and give the folder");
  }
  if (status != ARCHIVE_EOF) {
    problem_ =
        "is damaged after " + std::to_string(places_.size()) + " files (" + reader.Problem() + ")";
    if (places_.empty()) {
      throw Error(ErrorCode::kCorrupt, "is not a readable tar file (" + reader.Problem() + ")",
                  path_.string(), "copy it again, or unpack it yourself");
    }
  }
  for (const auto& [name, place] : places_) names_.push_back(name);
}

std::optional<std::vector<std::uint8_t>> TarArchive::ReadAt(const std::string& member,
                                                            std::uint64_t most,
                                                            std::uint64_t& size) const {
  const auto place = places_.find(member);
  if (place == places_.end()) {
    throw Error(ErrorCode::kNotFound, "is not in the tar file", (path_ / member).string());
  }
  const Reader reader(path_, place->second);
  archive_entry* entry = nullptr;
  if (!reader.open() || archive_read_next_header(reader.get(), &entry) < ARCHIVE_WARN) {
    return std::nullopt;
  }
  size = static_cast<std::uint64_t>(std::max<std::int64_t>(0, archive_entry_size(entry)));
  if (size > kMaxZipMemberBytes) return std::nullopt;
  // What a header claims is not taken as memory before it is there.
  std::error_code ec;
  const std::uint64_t there = fs::file_size(path_, ec);
  std::vector<std::uint8_t> bytes(std::min({size, most, ec ? size : std::max(there, size / 64)}));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto got = archive_read_data(reader.get(), bytes.data() + done, bytes.size() - done);
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

std::optional<std::vector<std::uint8_t>> TarArchive::Head(const std::string& member,
                                                          std::size_t count) const {
  std::uint64_t size = 0;
  return ReadAt(member, count, size);
}

std::vector<std::uint8_t> TarArchive::Read(const std::string& member) const {
  const std::string subject = (path_ / member).string();
  std::uint64_t size = 0;
  auto bytes = ReadAt(member, kMaxZipMemberBytes, size);
  if (size > kMaxZipMemberBytes) {
    throw Error(ErrorCode::kLimit, "unpacks to " + std::to_string(size) + " bytes", subject,
                "unpack the tar file yourself");
  }
  if (!bytes || bytes->size() < size) {
    throw Error(ErrorCode::kCorrupt, "is cut short in the tar file", subject,
                "copy the tar file again");
  }
  return std::move(*bytes);
}

}  // namespace mhcnn
