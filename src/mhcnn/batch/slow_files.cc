#include "mhcnn/batch/slow_files.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "mhcnn/base/text.h"

namespace mhcnn {

SlowFiles::Watch::~Watch() {
  const std::lock_guard lock(files_.mutex_);
  files_.files_.erase(file_);
}

SlowFiles::SlowFiles(std::chrono::milliseconds after, FileLimit limit)
    : after_(after),
      limit_(std::move(limit)),
      thread_([this](const std::stop_token& stop) { WarnUntilStopped(stop); }) {}

SlowFiles::Watch SlowFiles::Begin(std::string path) {
  const std::lock_guard lock(mutex_);
  files_.push_back({std::move(path), Clock::now(), after_});
  return {*this, std::prev(files_.end())};
}

void SlowFiles::WarnUntilStopped(const std::stop_token& stop) {
  Clock::duration step = std::min<Clock::duration>(std::chrono::seconds(1), after_);
  if (limit_.after.count() > 0) step = std::min<Clock::duration>(step, limit_.after);
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    stopped_.wait_for(lock, stop, step, [] { return false; });
    WarnAboutSlowFiles();
    if (limit_.after.count() > 0) CheckLimit();
  }
}

void SlowFiles::CheckLimit() {
  const auto now = Clock::now();
  for (File& file : files_) {
    if (file.exceeded || now - file.begun < limit_.after) continue;
    file.exceeded = true;
    limit_.exceeded(file.path);
  }
}

void SlowFiles::WarnAboutSlowFiles() {
  const auto now = Clock::now();
  for (File& file : files_) {
    const auto taken = now - file.begun;
    if (taken < file.next) continue;
    file.next *= 2;
    spdlog::warn("still reading {} ({:.0f} s)", ToDisplayText(file.path),
                 std::chrono::duration<double>(taken).count());
  }
}

}  // namespace mhcnn
