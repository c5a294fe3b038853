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

SlowFiles::SlowFiles(std::chrono::milliseconds after)
    : after_(after), thread_([this](const std::stop_token& stop) { WarnUntilStopped(stop); }) {}

SlowFiles::Watch SlowFiles::Begin(std::string path) {
  const std::lock_guard lock(mutex_);
  files_.push_back({std::move(path), Clock::now(), after_});
  return {*this, std::prev(files_.end())};
}

void SlowFiles::WarnUntilStopped(const std::stop_token& stop) {
  constexpr Clock::duration kStep = std::chrono::seconds(1);
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    stopped_.wait_for(lock, stop, std::min(kStep, after_), [] { return false; });
    WarnOfSlow();
  }
}

void SlowFiles::WarnOfSlow() {
  const auto now = Clock::now();
  for (File& file : files_) {
    const auto taken = now - file.begun;
    if (taken < file.next) continue;
    file.next *= 2;
    spdlog::warn("still reading {} ({:.0f} s)", ShownText(file.path),
                 std::chrono::duration<double>(taken).count());
  }
}

}  // namespace mhcnn
