#include "analyze/inputs.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>

#include "analyze/analyzer.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/zip_archive.h"
#include "dicom/dicomdir.h"
#include "image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

bool IsImage(const fs::path& path) {
  return NameClaimsImage(path) || SniffFileKind(path) != FileKind::kUnknown;
}

/// Keeps a batch going: what cannot be read is one item with its error, not the end of all.
template <typename Collect>
void CollectOrReport(const fs::path& path, const fs::path& name, std::vector<BatchItem>& items,
                     const Collect& collect) {
  try {
    collect();
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kInterrupted) throw;
    items.push_back({path, "", name, ErrorText(e)});
  }
}

/// A member that cannot be looked into is taken by its name: it has none that says otherwise.
bool IsImage(const ZipArchive& archive, const std::string& member) {
  constexpr std::size_t kHead = 132;  // up to DICOM's prefix
  if (NameClaimsImage(member)) return true;
  const auto head = archive.Head(member, kHead);
  return head ? SniffFileKind(std::span<const std::uint8_t>(*head)) != FileKind::kUnknown
              : !fs::path(member).has_extension();
}

void CollectZip(const fs::path& path, const fs::path& name, std::vector<BatchItem>& items) {
  const ZipArchive archive(path);
  for (const auto& member : archive.members()) {
    ThrowIfInterrupted();
    if (IsDicomDir(member) || !IsImage(archive, member)) continue;
    // A member's name is a stranger's: nothing is drawn outside the output's folder.
    fs::path inner;
    for (const auto& part : fs::path(member).relative_path()) {
      if (part != ".." && part != ".") inner /= part;
    }
    items.push_back({path, member, fs::path(name).replace_extension() / inner});
  }
}

void CollectFile(const fs::path& path, const fs::path& name, std::vector<BatchItem>& items) {
  if (IsDicomDir(path)) return;
  if (NameClaimsZip(path)) {
    CollectOrReport(path, name, items, [&] { CollectZip(path, name, items); });
  } else if (IsImage(path)) {
    items.push_back({path, "", name});
  }
}

void CollectFolder(const fs::path& root, const fs::path& output, std::vector<BatchItem>& items) {
  std::error_code ignored;
  std::set<fs::path> avoid;
  for (const char* own : {"", "overlays", "masks"}) {
    avoid.insert(fs::weakly_canonical(output / own, ignored));
  }
  std::vector<fs::path> folders = {root};
  while (!folders.empty()) {
    ThrowIfInterrupted();
    const fs::path folder = std::move(folders.back());
    folders.pop_back();
    std::error_code ec;
    fs::directory_iterator walk(folder, ec);
    for (; !ec && walk != fs::directory_iterator(); walk.increment(ec)) {
      const fs::path& path = walk->path();
      if (walk->is_directory(ignored)) {
        const bool skip =
            walk->is_symlink(ignored) || avoid.count(fs::weakly_canonical(path, ignored)) > 0;
        if (!skip) folders.push_back(path);
      } else if (walk->is_regular_file(ignored)) {
        CollectFile(path, path.lexically_relative(root), items);
      }
    }
    if (ec) {
      const Error error(ErrorCode::kIo, "the folder cannot be read: " + ec.message(), "",
                        "its files are not in the results");
      items.push_back({folder, "", folder.lexically_relative(root), ErrorText(error)});
    }
  }
}

void CollectDicomDir(const fs::path& path, std::vector<BatchItem>& items) {
  for (const auto& file : ReadDicomDir(path)) {
    items.push_back({file, "", file.lexically_relative(path.parent_path())});
  }
}

/// One file reached by two ways is one item, under the path that sorts first.
void RemoveTwins(std::vector<BatchItem>& items) {
  std::set<std::pair<fs::path, std::string>> seen;
  std::erase_if(items, [&](const BatchItem& item) {
    std::error_code ec;
    return !seen.emplace(fs::absolute(item.path, ec).lexically_normal(), item.member).second;
  });
}

/// a.png and a.dcm would both draw a.png: such names keep their extension; full twins get a number.
void MakeNamesUnique(std::vector<BatchItem>& items) {
  // The last number of a UID is no extension.
  const auto bare = [](const fs::path& name) {
    return NameClaimsImage(name) ? fs::path(name).replace_extension().string() : name.string();
  };
  std::map<std::string, int> uses, full_uses;
  for (const auto& item : items) ++uses[bare(item.name)];
  for (auto& item : items) {
    const std::string full = item.name.string();
    if (uses[bare(item.name)] == 1) {
      item.name = bare(item.name);
    } else if (const int earlier = full_uses[full]++; earlier > 0) {
      item.name = full + "-" + std::to_string(earlier + 1);
    }
  }
}

}  // namespace

std::vector<BatchItem> CollectImages(const std::vector<fs::path>& inputs, const fs::path& output) {
  std::vector<BatchItem> items;
  for (const auto& input : inputs) {
    std::error_code ec;
    const fs::path name = input.filename();
    if (fs::is_directory(input, ec)) {
      CollectFolder(input, output, items);
    } else if (NameClaimsZip(input)) {
      CollectOrReport(input, name, items, [&] { CollectZip(input, name, items); });
    } else if (IsDicomDir(input)) {
      CollectOrReport(input, name, items, [&] { CollectDicomDir(input, items); });
    } else {
      items.push_back({input, "", name});
    }
  }
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.Shown() < b.Shown(); });
  RemoveTwins(items);
  MakeNamesUnique(items);
  return items;
}

LocalFile::LocalFile(const BatchItem& item) : path_(item.path) {
  if (item.member.empty()) return;
  const auto bytes = ZipArchive(item.path).Read(item.member);
  memory_ = ::memfd_create("mhcnn", MFD_CLOEXEC);
  std::size_t done = 0;
  while (memory_ >= 0 && done < bytes.size()) {
    const ssize_t n = ::write(memory_, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  if (memory_ < 0 || done < bytes.size()) {
    const std::string reason = std::strerror(errno);
    if (memory_ >= 0) ::close(memory_);
    throw Error(ErrorCode::kIo, "there is no memory to unpack it into: " + reason,
                item.Shown().string(), "unpack the zip file yourself");
  }
  path_ = "/proc/self/fd/" + std::to_string(memory_);
}

LocalFile::~LocalFile() {
  if (memory_ >= 0) ::close(memory_);
}

}  // namespace mhcnn
