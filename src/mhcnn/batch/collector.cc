#include "mhcnn/batch/collector.h"

#include <algorithm>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/base/archive.h"
#include "mhcnn/base/companion.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/base/zip_archive.h"
#include "mhcnn/batch/open_archive.h"
#include "mhcnn/dicom/dicomdir.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/page/page_picture.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kHead = kArchiveHead;  // shows pictures, DICOM and archives

/// A member's name is a stranger's: nothing is drawn outside the output's folder.
fs::path Inner(const std::string& member) {
  std::string name = member;
  // Some programs of Windows write their own separator.
  if (name.find('/') == name.npos) std::replace(name.begin(), name.end(), '\\', '/');
  fs::path inner;
  for (const auto& part : fs::path(name).relative_path()) {
    if (part != ".." && part != ".") inner /= part;
  }
  return inner;
}

/// Returns the folder of an archive's drawings: "a/study" for "a/study.tar".
fs::path FolderFor(const fs::path& archive) {
  return HasArchiveExtension(archive) ? fs::path(archive).replace_extension() : archive;
}

fs::path OwnName(const BatchItem& item) {
  return item.member.empty() ? item.path.filename() : fs::path(item.member);
}

/// A file of the page's folder, by its name.
bool IsPageFile(const fs::path& path) {
  return path.extension() == ".js" ||
         (path.extension() == ".jpg" && path.string().find("/pictures/") != std::string::npos);
}

/// Nothing is there but what systems and people put where a disk is to be mounted.
bool IsEmptyPlace(const fs::path& folder) {
  std::error_code ec;
  fs::directory_iterator walk(folder, ec);
  for (; !ec && walk != fs::directory_iterator(); walk.increment(ec)) {
    const std::string name = walk->path().filename().string();
    if (!name.starts_with('.') && name != "lost+found" && !name.starts_with("README")) return false;
  }
  return true;
}

bool IsImage(std::span<const std::uint8_t> head) {
  return SniffFileKind(head) != FileKind::kUnknown;
}

}  // namespace

Collector::Collector(const fs::path& output) : output_(output) {
  for (const char* own : {"", "overlays", "masks", "objects", kPageFolder}) {
    const FileIdentity folder = ReadFileIdentity(output / own);
    if (folder != FileIdentity()) avoid_.insert(folder);
  }
}

void Collector::AddProblem(BatchItem item, const std::string& problem) {
  unread_.push_back(item.DisplayPath());
  // The files that a DICOMDIR names lie beside it.
  if (IsDicomDir(item.path.filename())) unread_.push_back(item.path.parent_path());
  item.problem = problem;
  items_.push_back(std::move(item));
}

void Collector::AddInput(const fs::path& input) {
  std::error_code ec;
  BatchItem item{input, "", StripPackingExtension(input.filename())};
  const auto status = fs::status(input, ec);
  try {
    if (fs::is_directory(status)) {
      AddFolder(input);
    } else if (!fs::is_regular_file(status)) {
      ReadFileHead(input, 1);  // says what is wrong with it
      items_.push_back(std::move(item));
    } else if (IsDicomDir(input)) {
      for (const auto& file : ReadDicomDir(input)) {
        items_.push_back({file, "", file.lexically_relative(input.parent_path())});
      }
    } else {
      members_ = 0;
      Candidate candidate{item, [&](std::size_t count) { return ReadFileHead(input, count); }};
      if (!HasImageExtension(input)) {
        const auto head = ReadFileHead(input, kHead);
        if (!IsImage(head) && AddContainer(candidate, head)) return;
      }
      items_.push_back(std::move(item));
    }
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kInterrupted) throw;
    AddProblem(std::move(item), ErrorText(e));
  }
  if (!fs::exists(status)) AddMissingInput(input);
}

void Collector::AddMissingInput(const fs::path& input) {
  std::error_code ec;
  const fs::path whole = (fs::current_path(ec) / input).lexically_normal();
  fs::path missing, there = whole.parent_path();
  while (there.has_relative_path() && !fs::exists(there, ec)) {
    missing = there;
    there = there.parent_path();
  }
  if (!missing.empty()) unread_.push_back(missing);
  if (IsEmptyPlace(there)) unread_.push_back(there);
}

void Collector::InspectFolder(const fs::path& root, Folder& folder) {
  // A folder of masks or drawings may be named itself.
  std::error_code ec;
  fs::path below = fs::absolute(root, ec).lexically_normal();
  if (!below.has_filename()) below = below.parent_path();
  for (int level = 0; level < 4 && below.has_relative_path(); ++level) {
    const fs::path above = below.parent_path();
    if (manifests_.insert(above / "manifest.csv").second) {
      masks_.merge(ReadManifestMasks(above / "manifest.csv"));
    }
    const bool named_so = below.filename() == "overlays" || below.filename() == "masks";
    if (named_so && ContainsRunTable(above)) folder.drawings = true;
    below = above;
  }
}

void Collector::AddFolder(const fs::path& root) {
  /// A folder that was searched, and whether something in it or below it can be measured.
  struct Searched {
    fs::path path;
    std::size_t parent;
    bool gave;
  };
  std::vector<Searched> searched;
  std::vector<Folder> folders = {{root, false, 0}};
  InspectFolder(root, folders.front());
  while (!folders.empty()) {
    ThrowIfInterrupted();
    const Folder folder = std::move(folders.back());
    folders.pop_back();
    const FileIdentity identity = ReadFileIdentity(folder.path);
    if (identity != FileIdentity() && !visited_.insert(identity).second) {
      // Another input told what it gave.
      if (!searched.empty()) searched[folder.parent].gave = true;
      continue;
    }
    const std::size_t before = items_.size(), outer = folders.size();
    AddEntries(folder, root, folders);
    for (std::size_t i = outer; i < folders.size(); ++i) folders[i].parent = searched.size();
    const bool gave = std::any_of(items_.begin() + static_cast<std::ptrdiff_t>(before),
                                  items_.end(), [](const auto& i) { return i.problem.empty(); });
    searched.push_back({folder.path, folder.parent, gave});
  }
  // A folder comes after the one around it.
  for (std::size_t i = searched.size(); i-- > 1;) {
    if (searched[i].gave) searched[searched[i].parent].gave = true;
  }
  for (std::size_t i = 0; i < searched.size(); ++i) {
    const bool around = i > 0 && !searched[searched[i].parent].gave;
    if (!searched[i].gave && !around) unread_.push_back(searched[i].path);
  }
}

bool Collector::IsOwnOutput(const fs::path& path) const {
  return IsRunTable(path) && ReadFileIdentity(path.parent_path()) == ReadFileIdentity(output_);
}

void Collector::AddEntries(const Folder& folder, const fs::path& root,
                           std::vector<Folder>& folders) {
  std::error_code ec, ignored;
  std::vector<fs::path> files;
  std::vector<fs::path> below;
  fs::directory_iterator walk(folder.path, ec);
  for (; !ec && walk != fs::directory_iterator(); walk.increment(ec)) {
    const fs::path& path = walk->path();
    if (!walk->is_directory(ignored)) {
      files.push_back(path);
    } else if (walk->is_symlink(ignored)) {
      left_out_.Add(LeftOutKind::kFolderLink, path);
    } else if (avoid_.empty() || avoid_.count(ReadFileIdentity(path)) == 0) {
      below.push_back(path);
    }
  }
  if (ec) {
    const Error error(ErrorCode::kIo, "the folder cannot be read: " + ec.message(), "",
                      "its files are not in the results");
    AddProblem({folder.path, "", folder.path.lexically_relative(root)}, ErrorText(error));
  }
  // In an order that does not depend on the file system.
  std::sort(files.begin(), files.end());
  std::sort(below.begin(), below.end(), std::greater<>());
  bool run = false;
  for (const auto& file : files) {
    if (file.filename() == "manifest.csv" && manifests_.insert(file).second) {
      masks_.merge(ReadManifestMasks(file));
    }
    run = run || IsRunTable(file);
  }
  for (auto& path : below) {
    const bool own = run && (path.filename() == "overlays" || path.filename() == "masks" ||
                             path.filename() == kPageFolder);
    folders.push_back({std::move(path), folder.drawings || own, 0});
  }
  for (const auto& file : files) {
    AddFile(file, root, folder, run);
    ThrowIfInterrupted();
  }
}

void Collector::AddFile(const fs::path& path, const fs::path& root, const Folder& folder,
                        bool beside_a_run) {
  std::error_code ec;
  const auto status = fs::status(path, ec);
  const fs::path name = path.lexically_relative(root);
  BatchItem item{path, "", StripPackingExtension(name)};
  item.found = true;
  if (!fs::is_regular_file(status) && fs::exists(status)) {
    left_out_.Add(LeftOutKind::kSpecial, path);
    return;
  }
  if (beside_a_run && IsRunTable(path)) {
    if (!IsOwnOutput(path)) left_out_.Add(LeftOutKind::kEarlierRun, path);
    return;
  }
  if (folder.drawings && (path.extension() == ".png" || IsPageFile(path))) {
    left_out_.Add(LeftOutKind::kEarlierRun, path);
    return;
  }
  if (!masks_.empty() && masks_.count(ReadFileIdentity(path)) > 0) {
    left_out_.Add(LeftOutKind::kMask, path);
    return;
  }
  members_ = 0;
  try {
    // Told at once where there is nothing to open: a link that leads nowhere.
    if (!fs::exists(status)) ReadFileHead(path, 1);
    AddCandidate({item, [&](std::size_t count) { return ReadFileHead(path, count); }});
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kInterrupted) throw;
    AddProblem(std::move(item), ErrorText(e));
  }
}

void Collector::AddCandidate(Candidate candidate) {
  const BatchItem& item = candidate.item;
  const fs::path name = OwnName(item);
  // Folders above the inputs are the user's affair.
  const Companion companion =
      ClassifyCompanionFile(item.member.empty() ? item.name.parent_path() / name : name);
  if (companion == Companion::kFile) {
    left_out_.Add(LeftOutKind::kCompanion, item.DisplayPath());
    return;
  }
  if (IsDicomDir(name)) {
    left_out_.Add(LeftOutKind::kMediumIndex, item.DisplayPath());
    return;
  }
  const bool named = HasImageExtension(name);
  if (named && companion == Companion::kNo) {  // not opened yet: there may be many thousands
    items_.push_back(std::move(candidate.item));
    return;
  }
  const auto head = candidate.head(kHead);
  if (!head) {
    // A file that cannot be read becomes an item by its name, or if the name has no extension.
    if (named || HasArchiveExtension(name) || !name.has_extension()) {
      items_.push_back(std::move(candidate.item));
    } else {
      left_out_.Add(LeftOutKind::kNoImage, item.DisplayPath());
    }
  } else if (IsImage(*head)) {
    items_.push_back(std::move(candidate.item));
  } else if (companion != Companion::kNo) {
    left_out_.Add(LeftOutKind::kCompanion, item.DisplayPath());
  } else if (!AddContainer(candidate, *head)) {
    left_out_.Add(LeftOutKind::kNoImage, item.DisplayPath());
  }
}

bool Collector::AddContainer(const Candidate& candidate, std::span<const std::uint8_t> head) {
  const BatchItem& item = candidate.item;
  const fs::path name = OwnName(item), unpacked_name = StripPackingExtension(name);
  const auto problem = [&](ErrorCode code, const std::string& text, const char* remedy) {
    AddProblem(item, ErrorText(Error(code, text, "", remedy)));
    return true;
  };
  if (const std::string unread = FindUnreadArchiveName(head, name); !unread.empty()) {
    return problem(ErrorCode::kUnsupported, "is " + unread + ", which is not read",
                   "unpack it and give the folder");
  }
  ArchiveKind kind = SniffArchive(head);
  const bool packed = SniffPacking(head) != Packing::kNone;
  const bool claims = HasArchiveExtension(name);
  // Documents of office programs are zip files too: by content alone only a file without an
  // extension is one.
  if (!claims && kind != ArchiveKind::kTar && name.has_extension()) return false;
  if (packed) {
    const auto more = candidate.head(kUnpackHead);
    const MemoryFile beginning(more ? std::span<const std::uint8_t>(*more) : head);
    const auto inner = ReadUnpackedHead(beginning.path(), kHead);
    kind = SniffArchive(inner);
    if (kind == ArchiveKind::kNone) {
      if (!inner.empty() && !IsImage(inner) && !HasImageExtension(unpacked_name)) return false;
      items_.push_back(item);
      return true;
    }
  } else if (kind == ArchiveKind::kNone && unpacked_name != name) {
    return problem(ErrorCode::kCorrupt, "is not packed as its name says", "copy it again");
  } else if (kind == ArchiveKind::kNone && !claims) {
    return false;
  }
  AddArchive(item);  // one by its name alone is damaged: its row says so
  return true;
}

void Collector::AddArchive(const BatchItem& archive) {
  try {
    std::vector<std::string> within = archive.within;
    if (!archive.member.empty()) within.push_back(archive.member);
    if (within.size() >= kMaxArchiveDepth) {
      throw Error(ErrorCode::kLimit,
                  "is inside " + std::to_string(kMaxArchiveDepth) + " nested archives", "",
                  "unpack the outer ones");
    }
    const OpenedArchive opened = OpenNestedArchive(archive.path, within);
    const auto reader = opened.Reader();
    members_ += reader->members().size();
    if (members_ > kMaxZipMembers) {
      throw Error(ErrorCode::kLimit,
                  "contains more than " + std::to_string(kMaxZipMembers) +
                      " files together with the files of the archives that contain it",
                  "", "unpack it and give the folder");
    }
    const fs::path folder = FolderFor(archive.name);
    for (const auto& member : reader->members()) {
      ThrowIfInterrupted();
      BatchItem item{archive.path, member, folder / StripPackingExtension(Inner(member))};
      item.within = within;
      item.found = true;
      AddCandidate(
          {std::move(item), [&](std::size_t count) { return reader->Head(member, count); }});
    }
    if (!reader->problem().empty()) {
      throw Error(ErrorCode::kCorrupt, reader->problem(), "", "copy it again");
    }
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kInterrupted) throw;
    AddProblem(archive, ErrorText(e));
  }
}

}  // namespace mhcnn
