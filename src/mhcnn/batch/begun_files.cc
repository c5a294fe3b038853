#include "mhcnn/batch/begun_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// First line of the file, by which it is known as one of a run (own_files.cc).
constexpr const char* kFirstLine = "{\"schema\":\"mhcnn-begun/1\"}\n";

}  // namespace

BegunFiles::Note::~Note() { files_.End(name_, done_ ? 0 : kills_); }

BegunFiles::BegunFiles(fs::path path, bool resume) : path_(std::move(path)) {
  if (resume) Read();
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (!begun_.empty()) Write();
}

BegunFiles::~BegunFiles() {
  if (fd_ >= 0) ::close(fd_);
  std::error_code ignored;
  if (begun_.empty()) fs::remove(path_, ignored);
}

void BegunFiles::Read() {
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    // The first line, blank lines and a line that was cut short hold no note.
    const auto note = nlohmann::json::parse(line, nullptr, false);
    if (!note.is_object() || !note.contains("file")) continue;
    try {
      const FileStamp stamp{note.at("bytes"), note.at("modified")};
      begun_[UnescapedText(note.at("file").get<std::string>())] = {stamp, note.at("kills")};
    } catch (const nlohmann::json::exception&) {
      // Not what this program writes.
    }
  }
}

int BegunFiles::Kills(const BatchItem& item) const {
  const std::lock_guard lock(mutex_);
  const auto found = begun_.find(item.DisplayPath().string());
  return found != begun_.end() && found->second.stamp == StampOf(item) ? found->second.kills : 0;
}

BegunFiles::Note BegunFiles::Begin(const BatchItem& item, const FileStamp& stamp) {
  const int kills = Kills(item);
  std::string name = item.DisplayPath().string();
  const std::lock_guard lock(mutex_);
  begun_[name] = {stamp, kills + 1};
  Write();
  return {*this, std::move(name), kills};
}

void BegunFiles::End(const std::string& name, int kills) {
  const std::lock_guard lock(mutex_);
  if (kills > 0) {
    begun_.at(name).kills = kills;
  } else {
    begun_.erase(name);
  }
  Write();
}

void BegunFiles::Finish() {
  const std::lock_guard lock(mutex_);
  std::erase_if(begun_, [](const auto& entry) { return entry.second.kills < kMostKills; });
  Write();
}

void BegunFiles::Write() {
  std::string text = kFirstLine;
  for (const auto& [name, begun] : begun_) {
    text += nlohmann::json{{"file", EscapedText(name)},
                           {"bytes", begun.stamp.bytes},
                           {"modified", begun.stamp.modified},
                           {"kills", begun.kills}}
                .dump() +
            "\n";
  }
  // One write in place: blank lines cover what the file held before.
  if (text.size() < written_) text.append(written_ - text.size(), '\n');
  const ssize_t done = ::pwrite(fd_, text.data(), text.size(), 0);
  if (done > 0) written_ = std::max(written_, static_cast<std::size_t>(done));
}

}  // namespace mhcnn
