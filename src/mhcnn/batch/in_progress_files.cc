#include "mhcnn/batch/in_progress_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// First line of the file, by which it is known as one of a run (own_files.cc).
constexpr const char* kFirstLine = "{\"schema\":\"mhcnn-begun/1\"}\n";

}  // namespace

InProgressFiles::Note::~Note() { files_.End(name_, done_); }

InProgressFiles::InProgressFiles(fs::path path, bool resume) : path_(std::move(path)) {
  if (resume) Read();
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (!begun_.empty()) Write();
  watch_ = std::jthread([this](const std::stop_token& stop) { WriteWhenInterrupted(stop); });
}

InProgressFiles::~InProgressFiles() {
  watch_.request_stop();
  watch_.join();
  if (fd_ >= 0) ::close(fd_);
  std::error_code ignored;
  if (begun_.empty()) fs::remove(path_, ignored);
}

void InProgressFiles::Read() {
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    // The first line, blank lines and a line that was cut short hold no note.
    const auto note = nlohmann::json::parse(line, nullptr, false);
    if (!note.is_object() || !note.contains("file")) continue;
    try {
      const FileStamp stamp{note.at("bytes"), note.at("modified")};
      begun_[UnescapeText(note.at("file").get<std::string>())] = {stamp, note.at("kills"), false};
    } catch (const nlohmann::json::exception&) {
      // Not what this program writes.
    }
  }
}

int InProgressFiles::Kills(const BatchItem& item) const {
  const std::lock_guard lock(mutex_);
  const auto found = begun_.find(item.DisplayPath().string());
  return found != begun_.end() && found->second.stamp == ReadFileStamp(item) ? found->second.kills
                                                                             : 0;
}

InProgressFiles::Note InProgressFiles::Begin(const BatchItem& item, const FileStamp& stamp) {
  const int kills = Kills(item);
  std::string name = item.DisplayPath().string();
  const std::lock_guard lock(mutex_);
  begun_[name] = {stamp, kills, true};
  Write();
  return {*this, std::move(name)};
}

void InProgressFiles::End(const std::string& name, bool done) {
  const std::lock_guard lock(mutex_);
  Begun& begun = begun_.at(name);
  begun.at_hand = false;
  if (done || begun.kills == 0) begun_.erase(name);
  Write();
}

void InProgressFiles::Finish() {
  const std::lock_guard lock(mutex_);
  std::erase_if(begun_, [](const auto& entry) { return entry.second.kills < kMaxKills; });
  Write();
}

void InProgressFiles::WriteWhenInterrupted(const std::stop_token& stop) {
  constexpr std::chrono::milliseconds kStep{100};
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested() && !Interrupted())
    stopped_.wait_for(lock, stop, kStep, [] { return false; });
  if (Interrupted()) Write();
}

void InProgressFiles::Write() {
  std::string text = kFirstLine;
  for (const auto& [name, begun] : begun_) {
    const int kills = begun.kills + (begun.at_hand && !Interrupted() ? 1 : 0);
    if (kills == 0) continue;
    text += nlohmann::json{{"file", EscapeText(name)},
                           {"bytes", begun.stamp.bytes},
                           {"modified", begun.stamp.modified},
                           {"kills", kills}}
                .dump() +
            "\n";
  }
  // One write in place: blank lines cover what the file held before.
  if (text.size() < written_) text.append(written_ - text.size(), '\n');
  const ssize_t done = ::pwrite(fd_, text.data(), text.size(), 0);
  if (done > 0) written_ = std::max(written_, static_cast<std::size_t>(done));
}

}  // namespace mhcnn
