#include "analyze/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "analyze/results_table.h"
#include "base/error.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSchema = "mhcnn-journal/1";

[[noreturn]] void ThrowIo(const fs::path& path) {
  throw Error(ErrorCode::kIo, std::string("cannot be written: ") + std::strerror(errno),
              path.string(),
              errno == ENOSPC ? "free some disk space, then go on with --resume" : "");
}

bool EndsWithinALine(const fs::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() == 0) return false;
  file.seekg(-1, std::ios::end);
  return file.get() != '\n';
}

}  // namespace

FileStamp StampOf(const BatchItem& item) {
  struct stat about {};
  if (::stat(item.path.c_str(), &about) != 0) return {};
  return {static_cast<std::uint64_t>(about.st_size),
          about.st_mtim.tv_sec * 1'000'000'000LL + about.st_mtim.tv_nsec};
}

Journal::Content Journal::Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::kNotFound, "cannot be opened", path.string());
  Content content;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (number == 1) {
      if (!json.is_object() || json.value("schema", "") != kSchema) {
        throw Error(ErrorCode::kCorrupt, "is not the journal of a batch", path.string(),
                    "remove it to start anew");
      }
      content.header = json.value("header", nlohmann::json::object());
      continue;
    }
    if (!json.is_object()) continue;  // cut short by a kill
    content.finished = json.value("finished", false);
    if (content.finished) continue;
    try {
      Entry entry{{json.at("bytes").get<std::uint64_t>(), json.at("modified").get<std::int64_t>()},
                  ResultFromJson(json.at("result"))};
      entry.result.model = json.at("model").get<std::string>();
      const std::string shown = entry.result.facts.path;
      content.entries.insert_or_assign(shown, std::move(entry));
    } catch (const nlohmann::json::exception&) {
      continue;
    }
  }
  return content;
}

Journal::Journal(const fs::path& path, const nlohmann::json& header, bool resume) : path_(path) {
  std::error_code ec;
  fs::create_directories(path.parent_path(), ec);
  bool goes_on = false;
  if (fs::exists(path, ec) && fs::file_size(path, ec) > 0) {
    Content content = Read(path);
    if (!resume && !content.finished) {
      throw Error(ErrorCode::kUsage,
                  "holds " + std::to_string(content.entries.size()) +
                      " results of a run that was not finished",
                  path.parent_path().string(), "go on with --resume, or begin anew with --restart");
    }
    if (resume) {
      if (content.header != header) {
        throw Error(ErrorCode::kUsage, "was begun with another model or other options",
                    path.parent_path().string(),
                    "name another folder, or begin anew with --restart");
      }
      done_ = std::move(content.entries);
      goes_on = true;
    }
  }
  const bool torn = goes_on && EndsWithinALine(path);
  fd_ = ::open(path.c_str(),
               O_WRONLY | O_CREAT | O_CLOEXEC | (goes_on ? O_APPEND : O_APPEND | O_TRUNC), 0666);
  if (fd_ < 0) ThrowIo(path_);
  if (torn && ::write(fd_, "\n", 1) != 1) ThrowIo(path_);
  if (!goes_on) WriteLine({{"schema", kSchema}, {"header", header}});
}

Journal::~Journal() {
  if (fd_ >= 0) ::close(fd_);
}

const Result* Journal::Find(const BatchItem& item) const {
  const auto found = done_.find(item.Shown().string());
  if (found == done_.end() || found->second.stamp != StampOf(item)) return nullptr;
  return &found->second.result;
}

void Journal::Append(const FileStamp& stamp, const Result& result) {
  WriteLine({{"bytes", stamp.bytes},
             {"modified", stamp.modified},
             {"model", result.model},
             {"result", ResultToJson(result)}});
}

void Journal::Finish() { WriteLine({{"finished", true}}); }

void Journal::WriteLine(const nlohmann::json& json) {
  const std::string line =
      json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  // One write a line, so that a kill leaves whole lines and at most a torn last one.
  if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ThrowIo(path_);
  ::fdatasync(fd_);
}

}  // namespace mhcnn
