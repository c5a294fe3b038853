#include "mhcnn/base/archive.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "mhcnn/base/tar_archive.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/zip_archive.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

using namespace std::string_view_literals;

std::string Extension(const fs::path& name) { return ToLower(name.extension().string()); }

struct Known {
  std::string_view magic;      ///< first bytes; "" where none are known
  std::string_view extension;  ///< "" where the first bytes are enough
  std::string_view name;
};
// Two letters are too few to tell an archive from any other file: those need the name too.
constexpr std::array kUnread = {
    Known{"7z\xBC\xAF\x27\x1C"sv, ".7z", "a 7z archive"},
    Known{"Rar!\x1A\x07"sv, ".rar", "a RAR archive"},
    Known{"MSCF\0\0\0\0"sv, ".cab", "a cabinet archive"},
    Known{"LZIP\1"sv, ".lz", "a file packed with lzip"},
    Known{"\x04\x22\x4D\x18"sv, ".lz4", "a file packed with LZ4"},
    Known{""sv, ".lzma", "a file packed with LZMA"},
    Known{""sv, ".z", "a file packed with compress"},
    Known{"**ACE**"sv, ".ace", "an ACE archive"},
    Known{""sv, ".arj", "an ARJ archive"},
    Known{""sv, ".lzh", "an LZH archive"},
    Known{"070701"sv, ".cpio", "a cpio archive"},
    Known{""sv, ".iso", "a disc image"},
    Known{""sv, ".dmg", "a disc image of macOS"},
    Known{""sv, ".wim", "a disc image of Windows"},
    Known{""sv, ".zipx", "a zipx archive"},
};

/// The sum that a tar header holds of its own bytes, the field itself taken as blanks.
bool IsTarHeader(std::span<const std::uint8_t> head) {
  if (head.size() < 512 || head[0] == 0) return false;
  unsigned sum = 0, stated = 0;
  bool digits = false;
  for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : head[i];
  for (std::size_t i = 148; i < 156; ++i) {
    const char c = static_cast<char>(head[i]);
    if (c == ' ' && !digits) continue;
    if (c < '0' || c > '7') break;
    digits = true;
    stated = stated * 8 + static_cast<unsigned>(c - '0');
  }
  return digits && sum == stated;
}

}  // namespace

ArchiveKind SniffArchive(std::span<const std::uint8_t> head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (text.starts_with("PK\3\4"sv) || text.starts_with("PK\5\6"sv)) return ArchiveKind::kZip;
  return IsTarHeader(head) ? ArchiveKind::kTar : ArchiveKind::kNone;
}

std::unique_ptr<Archive> OpenArchive(const fs::path& path) {
  if (TarArchive::IsTar(path)) return std::make_unique<TarArchive>(path);
  return std::make_unique<ZipArchive>(path);
}

std::string FindUnreadArchiveName(std::span<const std::uint8_t> head, const fs::path& name) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  for (const Known& known : kUnread) {
    if (!known.magic.empty() && text.starts_with(known.magic)) return std::string(known.name);
  }
  const std::string extension = Extension(name);
  for (const Known& known : kUnread) {
    if (extension == known.extension) return std::string(known.name);
  }
  return "";
}

bool HasArchiveExtension(const fs::path& name) {
  const std::string extension = Extension(name);
  return extension == ".zip" || extension == ".tar" || StripPackingExtension(name) != name;
}

fs::path StripPackingExtension(const fs::path& name) {
  static constexpr std::array kPacked = {".gz", ".bz2", ".xz", ".zst", ".gzip", ".bzip2", ".zstd"};
  static constexpr std::array kPackedTar = {".tgz", ".tbz", ".tbz2", ".txz", ".tzst"};
  const std::string extension = Extension(name);
  if (std::find(kPacked.begin(), kPacked.end(), extension) != kPacked.end()) {
    return fs::path(name).replace_extension();
  }
  if (std::find(kPackedTar.begin(), kPackedTar.end(), extension) != kPackedTar.end()) {
    return fs::path(name).replace_extension(".tar");
  }
  return name;
}

}  // namespace mhcnn
