#include "analyze/inputs.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "base/csv.h"
#include "base/error.h"
#include "base/file.h"
#include "base/zip_archive.h"
#include "dicom/dicomdir.h"
#include "image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

bool IsImage(const fs::path& path) {
  return NameClaimsImage(path) || SniffFileKind(path) != FileKind::kUnknown;
}

void CollectZip(const fs::path& path, const fs::path& name, std::vector<BatchItem>& items) {
  const ZipArchive archive(path);
  for (const auto& member : archive.members()) {
    constexpr std::size_t kHead = 132;  // up to DICOM's prefix
    if (IsDicomDir(member)) continue;
    if (!NameClaimsImage(member) && SniffFileKind(std::span<const std::uint8_t>(
                                        archive.Head(member, kHead))) == FileKind::kUnknown) {
      continue;
    }
    // A member's name is a stranger's: nothing is drawn outside the output's folder.
    fs::path inner;
    for (const auto& part : fs::path(member).relative_path()) {
      if (part != ".." && part != ".") inner /= part;
    }
    items.push_back({path, member, fs::path(name).replace_extension() / inner});
  }
}

void CollectFolder(const fs::path& folder, const fs::path& output, std::vector<BatchItem>& items) {
  std::error_code ec;
  const fs::path avoid = fs::weakly_canonical(output, ec);
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied, ec);
  for (const fs::recursive_directory_iterator end; !ec && walk != end; walk.increment(ec)) {
    const fs::path path = walk->path(), name = path.lexically_relative(folder);
    if (walk->is_directory(ec)) {
      if (fs::weakly_canonical(path, ec) == avoid) walk.disable_recursion_pending();
      continue;
    }
    if (!walk->is_regular_file(ec) || IsDicomDir(path)) continue;
    if (NameClaimsZip(path)) {
      CollectZip(path, name, items);
    } else if (IsImage(path)) {
      items.push_back({path, "", name});
    }
  }
}

/// a.png and a.dcm would both draw a.png: such names keep their extension; full twins get a number.
void MakeNamesUnique(std::vector<BatchItem>& items) {
  const auto bare = [](const fs::path& name) {
    return fs::path(name).replace_extension().string();
  };
  std::map<std::string, int> uses, full_uses;
  for (const auto& item : items) ++uses[bare(item.name)];
  for (auto& item : items) {
    const std::string full = item.name.string();
    if (uses[bare(item.name)] == 1) {
      item.name.replace_extension();
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
    if (fs::is_directory(input, ec)) {
      CollectFolder(input, output, items);
    } else if (NameClaimsZip(input)) {
      CollectZip(input, input.filename(), items);
    } else if (IsDicomDir(input)) {
      for (const auto& file : ReadDicomDir(input)) {
        items.push_back({file, "", file.lexically_relative(input.parent_path())});
      }
    } else {
      items.push_back({input, "", input.filename()});
    }
  }
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.Shown() < b.Shown(); });
  items.erase(std::unique(items.begin(), items.end(),
                          [](const auto& a, const auto& b) { return a.Shown() == b.Shown(); }),
              items.end());
  MakeNamesUnique(items);
  return items;
}

std::vector<fs::path> ReadInputList(const fs::path& list) {
  const std::string text = ReadTextFile(list);
  std::vector<fs::path> paths;
  const auto add = [&](const std::string& entry) {
    if (entry.empty()) return;
    const fs::path path(entry);
    paths.push_back(path.is_absolute() ? path : list.parent_path() / path);
  };
  const auto rows =
      list.extension() == ".csv" ? ParseCsv(text) : std::vector<std::vector<std::string>>();
  if (!rows.empty()) {
    static const std::vector<std::string> known = {"path", "image", "file"};
    const auto& header = rows.front();
    const auto column =
        std::find_first_of(header.begin(), header.end(), known.begin(), known.end());
    if (column == header.end()) {
      throw Error(ErrorCode::kUsage, "has no column 'path', 'image' or 'file'", list.string());
    }
    const auto at = static_cast<std::size_t>(column - header.begin());
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (at < rows[i].size()) add(rows[i][at]);
    }
  } else {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (!line.starts_with('#')) add(line);
    }
  }
  if (paths.empty()) throw Error(ErrorCode::kUsage, "lists no file", list.string());
  return paths;
}

LocalFile::LocalFile(const BatchItem& item) : path_(item.path) {
  if (item.member.empty()) return;
  const auto bytes = ZipArchive(item.path).Read(item.member);
  std::string name = (fs::temp_directory_path() / "mhcnn-XXXXXX").string();
  const int fd = ::mkstemp(name.data());
  if (fd < 0) throw Error(ErrorCode::kIo, "no temporary file can be made", name);
  ::close(fd);
  path_ = name;
  temporary_ = true;
  WriteFileAtomically(path_, bytes);
}

LocalFile::~LocalFile() {
  std::error_code ec;
  if (temporary_) fs::remove(path_, ec);
}

}  // namespace mhcnn
