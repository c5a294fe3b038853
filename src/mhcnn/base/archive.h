#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mhcnn {

/// A file that contains other files, each of which can be read alone.
class Archive {
 public:
  virtual ~Archive() = default;

  /// Returns the names of its files (not folders), sorted.
  virtual const std::vector<std::string>& members() const = 0;
  /// Returns the first bytes of a member, at most `count`; nothing where they cannot be read
  /// (encrypted, damaged, packed by a method that is not known).
  virtual std::optional<std::vector<std::uint8_t>> Head(const std::string& member,
                                                        std::size_t count) const = 0;
  /// Returns the whole content of a member. Throws Error: kCorrupt (damaged, checksum),
  /// kUnsupported (encrypted, packed by a method that is not known), kLimit, kNotFound.
  virtual std::vector<std::uint8_t> Read(const std::string& member) const = 0;
  /// Returns what is wrong with an archive whose listed members can be read; "" where nothing is.
  virtual std::string problem() const { return ""; }
};

/// Kinds of archives.
enum class ArchiveKind { kNone, kZip, kTar };
inline constexpr std::size_t kArchiveHead = 512;  ///< first bytes that show the kind
/// Tells the kind of archive from a file's first bytes.
ArchiveKind SniffArchive(std::span<const std::uint8_t> head);

/// Opens a zip or tar file, by its content. Throws Error: kNotFound, kCorrupt, kLimit.
std::unique_ptr<Archive> OpenArchive(const std::filesystem::path& path);

/// Returns the kind of an archive that is known and not read ("a 7z archive"), found from its first
/// bytes or, where these do not show it, from its name; "" for any other file.
std::string FindUnreadArchiveName(std::span<const std::uint8_t> head,
                                  const std::filesystem::path& name);
/// Returns whether the name has the extension of a zip, tar or packed file (.gz .bz2 .xz .zst .tgz
/// …).
bool HasArchiveExtension(const std::filesystem::path& name);
/// Returns the name without the extension of its packing: a.dcm for "a.dcm.gz", a.tar for "a.tgz".
std::filesystem::path StripPackingExtension(const std::filesystem::path& name);

}  // namespace mhcnn
