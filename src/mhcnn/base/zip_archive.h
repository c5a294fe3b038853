#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/base/archive.h"

struct zip;  // libzip's archive

namespace mhcnn {

/// Limits that a zip file is held to before anything of it is unpacked.
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
  /// Throws Error: kNotFound, kCorrupt (not a zip file, damaged), kLimit.
  explicit ZipArchive(std::filesystem::path path);

  const std::vector<std::string>& members() const override { return members_; }
  std::optional<std::vector<std::uint8_t>> Head(const std::string& member,
                                                std::size_t count) const override;
  std::vector<std::uint8_t> Read(const std::string& member) const override;

 private:
  std::filesystem::path path_;
  std::uint64_t bytes_ = 0;  ///< of the zip file
  std::vector<std::string> members_;
  std::unique_ptr<zip, void (*)(zip*)> archive_;
};

/// Does the name claim to be a zip file?
bool NameClaimsZip(const std::filesystem::path& path);

}  // namespace mhcnn
