#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/base/archive.h"

struct zip;  // libzip's archive

namespace mhcnn {

/// Largest number of members of a zip file, checked before anything is unpacked.
inline constexpr std::size_t kMaxZipMembers = 200'000;
/// Largest size of a member after unpacking, in bytes.
inline constexpr std::uint64_t kMaxZipMemberBytes = std::uint64_t{1} << 30;
/// Largest ratio of size and compressed size, for a member larger than 16 MiB. A blank 24-megapixel
/// picture reaches 1000.
inline constexpr std::uint64_t kMaxZipRatio = 1100;
/// Largest ratio of the unpacked size of all members to the size of the file. It is checked if the
/// members unpack to more than 4 GiB. Members that share their packed bytes reach millions.
inline constexpr std::uint64_t kMaxZipTotalRatio = kMaxZipRatio;

/// A zip file read member by member. An object is for one thread; each opens its own.
class ZipArchive : public Archive {
 public:
  /// Opens a zip file. Throws Error: kNotFound, kCorrupt (not a zip file, damaged), kLimit.
  explicit ZipArchive(std::filesystem::path path);

  const std::vector<std::string>& members() const override { return members_; }
  std::optional<std::vector<std::uint8_t>> Head(const std::string& member,
                                                std::size_t count) const override;
  std::vector<std::uint8_t> Read(const std::string& member) const override;
  /// Passes the content of a member to `sink` in pieces, so that it is never in memory as a whole.
  /// Throws what Read() throws, also after some pieces, and what `sink` throws.
  void Unpack(const std::string& member, const std::function<void(std::string_view)>& sink) const;

 private:
  std::uint64_t CheckedSize(const std::string& member, const std::string& subject) const;

  std::filesystem::path path_;
  std::uint64_t bytes_ = 0;  ///< size of the zip file
  std::vector<std::string> members_;
  std::unique_ptr<zip, void (*)(zip*)> archive_;
};

/// Limits of the list of members at the end of a zip file.
struct ZipDirectoryLimits {
  std::uint64_t members = 20'000;                 ///< largest number of members
  std::uint64_t bytes = std::uint64_t{16} << 20;  ///< largest size of the list

  /// Throws Error(kUsage) that names the field which is 0.
  void Check() const;
};
/// Checks the end of a zip file before the list of its members is read into memory. Throws
/// Error(kLimit) where the list is larger than the limits, and Error(kIo).
void CheckZipDirectory(const std::filesystem::path& path, const ZipDirectoryLimits& limits = {});

/// Returns whether the name ends as the name of a zip file.
bool HasZipExtension(const std::filesystem::path& path);

}  // namespace mhcnn
