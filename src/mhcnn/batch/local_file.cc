#include <deque>
#include <mutex>

#include "mhcnn/base/error.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/base/tar_archive.h"
#include "mhcnn/batch/inputs.h"
#include "mhcnn/batch/open_archive.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// An archive that was unpacked or listed, kept because its next members are asked for soon.
struct Filter {
  std::string key;
  OpenedArchive archive;
};

constexpr std::uint64_t kMaxCachedBytes = kMaxUnpackedBytes;
constexpr std::size_t kMaxCachedArchives = 16;

/// Returns a key by which two states of an archive, at any depth, are distinguished.
std::string MakeArchiveKey(const fs::path& path, const std::vector<std::string>& within) {
  std::error_code ec;
  std::string key = path.string() + '\0' + std::to_string(fs::file_size(path, ec)) + '\0' +
                    std::to_string(fs::last_write_time(path, ec).time_since_epoch().count());
  for (const auto& member : within) key += '\0' + member;
  return key;
}

/// Unpacks a file that is packed; else nothing.
std::shared_ptr<MemoryFile> UnpackWherePacked(const fs::path& file) {
  if (SniffPacking(ReadFileHead(file, 8)) == Packing::kNone) return nullptr;
  return Unpack(file);
}

class Archives {
 public:
  OpenedArchive Open(const fs::path& path, const std::vector<std::string>& within) {
    const std::lock_guard lock(mutex_);
    return OpenLocked(path, within);
  }

 private:
  OpenedArchive OpenLocked(const fs::path& path, std::vector<std::string> within) {
    std::string key = MakeArchiveKey(path, within);
    for (const auto& kept : kept_) {
      if (kept.key == key) return kept.archive;
    }
    OpenedArchive opened;
    if (within.empty()) {
      opened.file = path;
    } else {
      const std::string member = within.back();
      within.pop_back();
      const OpenedArchive outer = OpenLocked(path, within);
      opened.memory = std::make_shared<MemoryFile>(outer.Reader()->Read(member));
      opened.file = opened.memory->path();
    }
    if (auto unpacked = UnpackWherePacked(opened.file)) {
      opened.file = unpacked->path();
      opened.memory = std::move(unpacked);
    }
    if (TarArchive::IsTar(opened.file)) opened.tar = std::make_shared<TarArchive>(opened.file);
    Keep(std::move(key), opened);
    return opened;
  }

  void Keep(std::string key, const OpenedArchive& archive) {
    if (!archive.memory && !archive.tar) return;  // a zip file on the disk opens quickly
    kept_.push_back({std::move(key), archive});
    const auto bytes = [&] {
      std::uint64_t sum = 0;
      for (const auto& kept : kept_) sum += kept.archive.memory ? kept.archive.memory->size() : 0;
      return sum;
    };
    while (kept_.size() > 1 && (kept_.size() > kMaxCachedArchives || bytes() > kMaxCachedBytes)) {
      kept_.pop_front();
    }
  }

  std::mutex mutex_;
  std::deque<Filter> kept_;
};

}  // namespace

std::shared_ptr<const Archive> OpenedArchive::Reader() const {
  if (tar) return tar;
  return OpenArchive(file);
}

OpenedArchive OpenNestedArchive(const fs::path& path, const std::vector<std::string>& within) {
  static Archives archives;
  return archives.Open(path, within);
}

MaterializedFile::MaterializedFile(const BatchItem& item) : path_(item.path) {
  try {
    if (!item.member.empty()) {
      memory_ = std::make_shared<MemoryFile>(
          OpenNestedArchive(item.path, item.within).Reader()->Read(item.member));
      path_ = memory_->path();
    }
    if (auto unpacked = UnpackWherePacked(path_)) {
      memory_ = std::move(unpacked);
      path_ = memory_->path();
    }
  } catch (const Error& e) {
    // Paths in memory say nothing to anyone.
    throw Error(e.code(), e.problem(), item.DisplayPath().string(), e.remedy());
  }
}

}  // namespace mhcnn
