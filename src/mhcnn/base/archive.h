#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mhcnn {

/// A file that holds other files, each read by itself.
class Archive {
 public:
  virtual ~Archive() = default;

  /// Names of its files (not folders), sorted.
  virtual const std::vector<std::string>& members() const = 0;
  /// The first bytes of a member, at most `count`; nothing where they cannot be read (encrypted,
  /// damaged, packed by a method that is not known).
  virtual std::optional<std::vector<std::uint8_t>> Head(const std::string& member,
                                                        std::size_t count) const = 0;
  /// The whole member. Throws Error: kCorrupt (damaged, checksum), kUnsupported (encrypted, packed
  /// by a method that is not known), kLimit, kNotFound.
  virtual std::vector<std::uint8_t> Read(const std::string& member) const = 0;
  /// What is wrong with the archive while the members listed can be read; "" where nothing is.
  virtual std::string problem() const { return ""; }
};

/// Kinds of archives.
enum class ArchiveKind { kNone, kZip, kTar };
inline constexpr std::size_t kArchiveHead = 512;  ///< bytes that tell the kind
/// Tells the kind of archive from a file's first bytes.
ArchiveKind SniffArchive(std::span<const std::uint8_t> head);

/// Opens a zip or tar file, by its content. Throws Error: kNotFound, kCorrupt, kLimit.
std::unique_ptr<Archive> OpenArchive(const std::filesystem::path& path);

/// What an archive is called that is known and not read ("a 7z archive"), by its first bytes or,
/// where these say nothing, its name; "" for anything else.
std::string UnreadArchiveName(std::span<const std::uint8_t> head,
                              const std::filesystem::path& name);
/// Does the name claim a zip or tar file, or one that is packed (.gz .bz2 .xz .zst .tgz …)?
bool NameClaimsArchive(const std::filesystem::path& name);
/// The name without what says how the file is packed: "a.dcm.gz" is a.dcm, "a.tgz" is a.tar.
std::filesystem::path UnpackedName(const std::filesystem::path& name);

}  // namespace mhcnn
