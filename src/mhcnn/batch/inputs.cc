#include "mhcnn/batch/inputs.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/batch/collector.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// One file reached by two ways is one item, under the path that sorts first. Size and time of
/// change are compared too, as some network disks give one number to several files.
void RemoveDuplicateItems(std::vector<BatchItem>& items, LeftOutFiles& left_out) {
  // The path is set only if there is no file. Then device, inode, size and date of the file; last,
  // the archives within it and the member.
  using Key = std::tuple<fs::path, dev_t, ino_t, off_t, std::int64_t, std::vector<std::string>,
                         std::string>;
  std::error_code ec;
  const fs::path here = fs::current_path(ec);
  std::map<Key, fs::path> seen;
  std::erase_if(items, [&](const BatchItem& item) {
    const fs::path path = (here / item.path).lexically_normal();
    struct stat about {};
    const bool there = ::stat(item.path.c_str(), &about) == 0;  // else all of it stays 0
    const std::int64_t modified =
        about.st_mtim.tv_sec * std::int64_t{1'000'000'000} + about.st_mtim.tv_nsec;
    const auto [first, is_new] =
        seen.emplace(Key{there ? fs::path() : path, about.st_dev, about.st_ino, about.st_size,
                         modified, item.within, item.member},
                     path);
    if (!is_new && first->second != path) left_out.Add(LeftOutKind::kSameFile, item.DisplayPath());
    return !is_new;
  });
}

/// The folders of the names of drawings.
std::set<std::string> ListParentFolders(const std::vector<BatchItem>& items) {
  std::set<std::string> folders;
  for (const auto& item : items) {
    fs::path folder = item.name.parent_path();
    while (!folder.empty() && folders.insert(folder.string()).second) folder = folder.parent_path();
  }
  return folders;
}

/// a.png and a.dcm would both draw a.png: such names keep their extension; full twins get a number.
/// The same holds for names that meet one made so: a.dcm.png beside both of them, and for those
/// whose drawing would be in the place of a folder of drawings: a.dcm beside a folder a.png.
void MakeNamesUnique(std::vector<BatchItem>& items) {
  // The last number of a UID is no extension.
  const auto bare = [](const fs::path& name) {
    return HasImageExtension(name) ? fs::path(name).replace_extension().string() : name.string();
  };
  const std::set<std::string> folders = ListParentFolders(items);
  const auto meets_folder = [&](const std::string& name) {
    return std::ranges::any_of(std::array{".png", ".jpg", ".nii.gz"},
                               [&](const char* e) { return folders.count(name + e) > 0; });
  };
  std::map<std::string, int> uses, tries;
  for (const auto& item : items) ++uses[bare(item.name)];
  std::set<std::string> taken;
  for (auto& item : items) {
    const std::string full = item.name.string();
    std::string name = uses[bare(item.name)] == 1 ? bare(item.name) : full;
    while (meets_folder(name) || !taken.insert(name).second) {
      const int number = ++tries[full];
      name = number == 1 ? full : full + "-" + std::to_string(number);
    }
    item.name = name;
  }
}

}  // namespace

fs::path BatchItem::DisplayPath() const {
  // Put together as text: a member's name may begin with a slash, which would replace the rest.
  std::string shown = path.string();
  for (const auto& archive : within) shown += "/" + archive;
  return member.empty() ? shown : shown + "/" + member;
}

CollectedImages CollectImages(const std::vector<fs::path>& inputs, const fs::path& output) {
  Collector collector(output);
  for (const auto& input : inputs) collector.AddInput(input);
  std::vector<BatchItem> items = std::move(collector.items());
  std::stable_sort(items.begin(), items.end(),
                   [](const auto& a, const auto& b) { return a.DisplayPath() < b.DisplayPath(); });
  RemoveDuplicateItems(items, collector.left_out());
  MakeNamesUnique(items);
  return {std::move(items), collector.left_out(), collector.unread()};
}

std::string HashPaths(const std::vector<std::string>& paths) {
  Sha256 digest;
  for (const auto& path : paths) digest.Add(path.c_str(), path.size() + 1);  // with its end
  return digest.Hex();
}

std::string HashPaths(const std::vector<BatchItem>& items) {
  std::vector<std::string> paths;
  paths.reserve(items.size());
  for (const auto& item : items) paths.push_back(item.DisplayPath().string());
  return HashPaths(paths);
}

}  // namespace mhcnn
