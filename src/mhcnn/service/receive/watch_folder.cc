#include "mhcnn/service/receive/watch_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/write_all.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRejected = "rejected";
constexpr std::chrono::seconds kRetry{30};

FileDescriptor OpenFile(const fs::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) {
    throw Error(ErrorCode::kIo, std::string("cannot be opened: ") + std::strerror(errno),
                ToDisplayText(path.string()));
  }
  return FileDescriptor(fd);
}

void CopyBytes(int from, int to, const fs::path& path) {
  std::vector<char> block(1 << 20);
  for (;;) {
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) return;
    if (got < 0 || !WriteAll(to, std::string_view(block.data(), static_cast<std::size_t>(got)))) {
      throw Error(ErrorCode::kIo, std::string("cannot be copied: ") + std::strerror(errno),
                  ToDisplayText(path.string()));
    }
  }
}

bool IsHidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return !name.empty() && name[0] == '.';
}

}  // namespace

WatchFolder::WatchFolder(fs::path folder, const ServiceConfig& config, const ObjectFolder& objects,
                         Intake& intake)
    : folder_(std::move(folder)), config_(config), objects_(objects), intake_(intake) {
  MakeFolder(folder_);
}

WatchFolder::Counts WatchFolder::Scan(Clock::time_point now) {
  Counts counts;
  for (auto& [path, seen] : seen_) seen.found = false;
  std::error_code ec;
  std::vector<fs::path> ready;
  for (auto entry = fs::recursive_directory_iterator(
           folder_, fs::directory_options::skip_permission_denied, ec);
       !ec && entry != fs::recursive_directory_iterator(); entry.increment(ec)) {
    const fs::path path = entry->path();
    const bool is_own = entry.depth() == 0 && path.filename() == kRejected;
    const auto status = entry->symlink_status(ec);
    if (ec) {
      ec.clear();
      continue;
    }
    if (IsHidden(path) || is_own) {
      if (fs::is_directory(status)) entry.disable_recursion_pending();
      continue;
    }
    if (!fs::is_regular_file(status)) continue;
    std::error_code gone;
    const std::uint64_t bytes = entry->file_size(gone);
    const auto changed = gone ? fs::file_time_type{} : entry->last_write_time(gone);
    if (gone) continue;
    Seen& seen = seen_[path];
    const bool grew = seen.bytes != bytes || seen.changed != changed;
    if (grew || seen.since == Clock::time_point{}) seen = {bytes, changed, now, now, true};
    seen.found = true;
    const bool settled = now - seen.since >= config_.watch.settle && now >= seen.not_before;
    if (settled) {
      ready.push_back(path);
    } else {
      ++counts.waiting;
    }
  }
  if (ec) spdlog::warn("{}: {}", ToDisplayText(folder_.string()), ec.message());
  std::erase_if(seen_, [](const auto& one) { return !one.second.found; });
  std::sort(ready.begin(), ready.end());
  for (const fs::path& path : ready) {
    switch (Take(path, seen_[path])) {
      case Result::kTaken:
        ++counts.taken;
        seen_.erase(path);
        break;
      case Result::kRejected:
        ++counts.rejected;
        seen_.erase(path);
        break;
      case Result::kLater:
        ++counts.waiting;
        seen_[path].not_before = now + kRetry;
        break;
    }
  }
  return counts;
}

WatchFolder::Result WatchFolder::Take(const fs::path& file, const Seen& seen) {
  try {
    std::string problem;
    if (!intake_.HasRoom(&problem)) {
      spdlog::warn("{}: its files wait: {}", ToDisplayText(folder_.string()), problem);
      return Result::kLater;
    }
    if (seen.bytes > config_.receive.max_object_bytes) {
      Reject(file, fmt::format("is larger than {} bytes", config_.receive.max_object_bytes));
      return Result::kRejected;
    }
    const auto outcome =
        intake_.Take(CopyIn(file), "folder:" + ToDisplayText(folder_.filename().string()));
    if (outcome.safe) {
      // A file that was written in the meantime is another object.
      std::error_code ec;
      const bool same = fs::file_size(file, ec) == seen.bytes && !ec &&
                        fs::last_write_time(file, ec) == seen.changed && !ec;
      if (same) fs::remove(file, ec);
      if (ec) spdlog::warn("{}: cannot be removed: {}", ToDisplayText(file.string()), ec.message());
      return ec ? Result::kLater : Result::kTaken;
    }
    if (outcome.code != ErrorCode::kCorrupt && outcome.code != ErrorCode::kUsage) {
      return Result::kLater;
    }
    Reject(file, outcome.problem);
    return Result::kRejected;
  } catch (const Error& e) {
    spdlog::error("{}", ToDisplayText(e.what()));
    return Result::kLater;
  }
}

fs::path WatchFolder::CopyIn(const fs::path& file) const {
  const fs::path incoming = objects_.MakeIncomingPath();
  const FileDescriptor from = OpenFile(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const FileDescriptor to = OpenFile(incoming, O_WRONLY | O_CREAT | O_EXCL);
    CopyBytes(from.get(), to.get(), file);
  } catch (const Error&) {
    std::error_code ec;
    fs::remove(incoming, ec);
    throw;
  }
  return incoming;
}

void WatchFolder::Reject(const fs::path& file, const std::string& why) const {
  const fs::path folder = folder_ / kRejected;
  MakeFolder(folder);
  const std::string name = ShortenFileName(file.filename().string());
  fs::path target = folder / name;
  std::error_code ec;
  for (int i = 2; fs::exists(fs::symlink_status(target, ec)); ++i) {
    target = folder / fmt::format("{}.{}", name, i);
  }
  fs::rename(file, target, ec);
  if (ec) {
    throw Error(ErrorCode::kIo, "cannot be moved to rejected/: " + ec.message(),
                ToDisplayText(file.string()));
  }
  WriteFileAtomically(target.string() + ".txt", "Rejected: " + ToDisplayText(why) + "\n");
  spdlog::warn("{}: rejected: {}", ToDisplayText(file.string()), ToDisplayText(why));
}

int RunWatch(const ServiceConfig& config, const std::function<void()>& ready) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  const ObjectFolder objects(config.objects);
  JobStore store(config.store);
  Intake intake(store, objects, config);
  std::vector<WatchFolder> folders;
  for (const auto& folder : config.watch.folders) {
    folders.emplace_back(folder, config, objects, intake);
    spdlog::info("watching {}", ToDisplayText(folder.string()));
  }
  if (ready) ready();
  const auto pause = std::clamp(config.watch.settle / 2, std::chrono::milliseconds(100),
                                std::chrono::milliseconds(1000));
  for (;;) {
    for (WatchFolder& folder : folders) {
      const auto counts = folder.Scan(WatchFolder::Clock::now());
      if (counts.taken + counts.rejected > 0) {
        spdlog::info("a watched folder: {} files stored, {} rejected", counts.taken,
                     counts.rejected);
      }
    }
    const timespec time{pause.count() / 1000, pause.count() % 1000 * 1'000'000};
    const int got = ::sigtimedwait(&signals, nullptr, &time);
    if (got == SIGTERM || got == SIGINT) return 0;
  }
}

}  // namespace mhcnn
