#include "mhcnn/base/append_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/flush.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/write_all.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

/// Bytes of the file's whole lines.
off_t CountWholeLineBytes(int fd, off_t size) {
  std::vector<char> block(1 << 16);
  for (off_t end = size; end > 0;) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(block.size()));
    const ssize_t n = ::pread(fd, block.data(), static_cast<std::size_t>(end - begin), begin);
    if (n < 0 && errno == EINTR) continue;
    if (n != end - begin) return -1;
    const auto* newline =
        static_cast<const char*>(::memrchr(block.data(), '\n', static_cast<std::size_t>(n)));
    if (newline) return begin + (newline - block.data()) + 1;
    end = begin;
  }
  return 0;
}

/// Returns null for a line that is no JSON object.
Json ParseObject(const std::string& line) {
  try {
    Json json = ParseJson(line);
    return json.is_object() ? json : Json();
  } catch (const Error&) {
    return {};
  }
}

[[noreturn]] void ThrowWriteError(const fs::path& path, const AppendLogFormat& format, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  throw Error(ErrorCode::kIo, std::string("cannot be written: ") + std::strerror(code),
              path.string(), full ? "free some disk space, then " + format.when_full : "");
}

}  // namespace

AppendLog::AppendLog(fs::path path, AppendLogFormat format)
    : path_(std::move(path)), format_(std::move(format)) {
  MakeFolder(path_.parent_path());
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) ThrowCannotWrite(path_, errno);
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(fd_);
    throw Error(ErrorCode::kUsage, "another run is writing there", path_.parent_path().string(),
                "wait for it, or name another folder");
  }
}

AppendLog::~AppendLog() { ::close(fd_); }

void AppendLog::Restart(const Json& header) {
  if (::ftruncate(fd_, 0) != 0) ThrowWriteError(path_, format_, errno);
  Write({{"schema", format_.schema}, {"header", header}});
}

void AppendLog::Continue() {
  struct stat about {};
  if (::fstat(fd_, &about) != 0) ThrowWriteError(path_, format_, errno);
  const off_t whole = CountWholeLineBytes(fd_, about.st_size);
  if (whole < 0 || (whole < about.st_size && ::ftruncate(fd_, whole) != 0))
    ThrowWriteError(path_, format_, errno);
}

std::uint64_t AppendLog::Append(const Json& record) { return Write(record); }

std::uint64_t AppendLog::Write(const Json& line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  const off_t before = ::lseek(fd_, 0, SEEK_END);
  const bool end_first = ends_within_line_;
  if (WriteAll(fd_, (end_first ? "\n" : "") + text) && FlushData(fd_, path_)) {
    ends_within_line_ = false;
    return static_cast<std::uint64_t>(std::max<off_t>(before, 0)) + (end_first ? 1 : 0);
  }
  const int code = errno;
  // The next record must not follow half a line.
  if (before < 0 || ::ftruncate(fd_, before) != 0) ends_within_line_ = true;
  ThrowWriteError(path_, format_, code);
}

Json ReadAppendLog(const fs::path& path, const AppendLogFormat& format,
                   const AppendLog::OnRecord& on_record) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::kNotFound, "cannot be opened", path.string());
  std::string line;
  std::getline(file, line);
  std::uint64_t place = 0, next = line.size() + 1;
  // Without its line end a first line is one that a kill cut short, if it begins as ours does.
  if (file.eof() && (line.empty() || line.front() == '{')) return nullptr;
  const Json first = ParseObject(line);
  const bool headed = first.is_object() && first.value("schema", Json()) == format.schema;
  const bool bare = !headed && !format.field_without_header.empty() &&
                    first.contains(format.field_without_header);
  if (!headed && !bare)
    throw Error(ErrorCode::kCorrupt, "is not " + format.name, path.string(), format.remedy);
  if (bare) on_record(first, place);
  while (std::getline(file, line) && !file.eof()) {
    place = std::exchange(next, next + line.size() + 1);
    const Json record = ParseObject(line);
    if (record.is_object()) on_record(record, place);
  }
  return headed ? first.value("header", Json::object()) : Json::object();
}

Json ReadAppendLogAt(const fs::path& path, std::istream& file, std::uint64_t place) {
  std::string line;
  file.clear();
  file.seekg(static_cast<std::streamoff>(place));
  Json record;
  if (std::getline(file, line)) record = ParseObject(line);
  if (!record.is_object())
    throw Error(ErrorCode::kIo, "was changed while it was in use", path.string(),
                "run the command again");
  return record;
}

}  // namespace mhcnn
