#include "mhcnn/base/packed_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/base/interrupt.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;

bool StartsWith(std::span<const std::uint8_t> head, std::initializer_list<int> bytes) {
  return head.size() >= bytes.size() && std::equal(bytes.begin(), bytes.end(), head.begin());
}

/// Takes the next bytes; false ends the reading.
using Sink = std::function<bool(std::span<const std::uint8_t>)>;

/// Feeds what is packed to `sink`; returns what is wrong with it, or nothing.
std::string ReadGzip(const fs::path& path, const Sink& sink) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rbe"), &gzclose_r);
  if (!file) return std::strerror(errno);
  std::vector<std::uint8_t> chunk(kChunk);
  for (;;) {
    const int got = gzread(file.get(), chunk.data(), static_cast<unsigned>(chunk.size()));
    int code = Z_OK;
    const std::string text = gzerror(file.get(), &code);
    if (got > 0 && !sink({chunk.data(), static_cast<std::size_t>(got)})) return "";
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
      return code == Z_BUF_ERROR ? "cut short" : code == Z_ERRNO ? std::strerror(errno) : text;
    }
    if (got == 0) return "";
  }
}

std::string ReadOther(const fs::path& path, const Sink& sink) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), &archive_read_free);
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_raw(reader.get());
  const auto problem = [&] {
    const char* text = archive_error_string(reader.get());
    return std::string(text != nullptr ? text : "damaged");
  };
  if (archive_read_open_filename(reader.get(), path.c_str(), kChunk) != ARCHIVE_OK) {
    return problem();
  }
  archive_entry* entry = nullptr;
  const int header = archive_read_next_header(reader.get(), &entry);
  if (header == ARCHIVE_EOF) return "";
  if (header != ARCHIVE_OK) return problem();
  // Packed once: a file that was packed many times over grows without end.
  if (archive_filter_count(reader.get()) > 2) return "packed more than once";
  std::vector<std::uint8_t> chunk(kChunk);
  for (;;) {
    const auto got = archive_read_data(reader.get(), chunk.data(), chunk.size());
    if (got < 0) return problem();
    if (got == 0) return "";
    if (!sink({chunk.data(), static_cast<std::size_t>(got)})) return "";
  }
}

std::string ReadPacked(const fs::path& path, const Sink& sink) {
  const Packing packing = SniffPacking(ReadFileHead(path, 8));
  if (packing == Packing::kNone) return "not packed";
  return packing == Packing::kGzip ? ReadGzip(path, sink) : ReadOther(path, sink);
}

}  // namespace

Packing SniffPacking(std::span<const std::uint8_t> head) {
  if (StartsWith(head, {0x1F, 0x8B, 8})) return Packing::kGzip;
  if (StartsWith(head, {'B', 'Z', 'h'})) return Packing::kBzip2;
  if (StartsWith(head, {0xFD, '7', 'z', 'X', 'Z', 0})) return Packing::kXz;
  if (StartsWith(head, {0x28, 0xB5, 0x2F, 0xFD})) return Packing::kZstd;
  return Packing::kNone;
}

std::vector<std::uint8_t> ReadUnpackedHead(const fs::path& path, std::size_t count) {
  std::vector<std::uint8_t> head;
  ReadPacked(path, [&](std::span<const std::uint8_t> bytes) {
    head.insert(head.end(), bytes.begin(), bytes.end());
    return head.size() < count;
  });
  if (head.size() > count) head.resize(count);
  return head;
}

std::unique_ptr<MemoryFile> Unpack(const fs::path& path) {
  std::error_code ec;
  const std::uint64_t packed = std::max<std::uint64_t>(1, fs::file_size(path, ec));
  auto memory = std::make_unique<MemoryFile>();
  const std::string problem = ReadPacked(path, [&](std::span<const std::uint8_t> bytes) {
    ThrowIfInterrupted();
    const std::uint64_t size = memory->size() + bytes.size();
    if (size > kMaxUnpackedBytes ||
        (size > (std::uint64_t{64} << 20) && size / packed > kMaxUnpackRatio)) {
      throw Error(ErrorCode::kLimit,
                  "unpacks to more than " + std::to_string(memory->size()) + " bytes", "",
                  "unpack it yourself");
    }
    memory->Append(bytes);
    return true;
  });
  if (!problem.empty()) {
    throw Error(ErrorCode::kCorrupt, "cannot be unpacked (" + problem + ")", "", "copy it again");
  }
  return memory;
}

std::vector<std::uint8_t> ReadFileHead(const fs::path& path, std::size_t count) {
  // Asked before it is opened: opening a device may already do something.
  struct stat about {};
  const bool known = ::stat(path.c_str(), &about) == 0;
  if (known && S_ISDIR(about.st_mode)) {
    throw Error(ErrorCode::kUsage, "is a folder, not a file", path.string());
  }
  if (known && !S_ISREG(about.st_mode)) {
    throw Error(ErrorCode::kUnsupported, "is a pipe, socket or device", path.string(),
                "save what it gives to a file");
  }
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::vector<std::uint8_t> head(count);
  std::size_t done = 0;
  while (file.get() >= 0 && done < count) {
    const ssize_t n = ::read(file.get(), head.data() + done, count - done);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) break;
    if (n < 0) {
      throw Error(ErrorCode::kIo, std::string("cannot be read: ") + std::strerror(errno),
                  path.string(), "check the disk, or copy the file again");
    }
    done += static_cast<std::size_t>(n);
  }
  if (file.get() < 0) {
    const int code = errno;
    std::error_code ec;
    const fs::path target = fs::read_symlink(path, ec);
    if (code == ENOENT && !ec) {
      throw Error(ErrorCode::kNotFound,
                  "is a link to " + target.string() + ", which does not exist", path.string(),
                  "copy the file itself");
    }
    if (code == ENOENT) {
      throw Error(ErrorCode::kNotFound, "does not exist", path.string(), "check the path");
    }
    throw Error(ErrorCode::kIo, std::string("cannot be opened: ") + std::strerror(code),
                path.string(),
                code == EACCES ? "give the user who runs mhcnn the right to read it" : "");
  }
  head.resize(done);
  return head;
}

}  // namespace mhcnn
