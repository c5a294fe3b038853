#pragma once

#include <map>

#include "mhcnn/base/archive.h"

namespace mhcnn {

/// A tar file that is not packed (v7, ustar, GNU, pax), read member by member: the list is made
/// once, and a member is read from its place. Threads may share an object. The limits are the same
/// as for zip files.
class TarArchive : public Archive {
 public:
  /// Opens a tar file. Throws Error: kNotFound, kIo, kCorrupt, kLimit.
  explicit TarArchive(std::filesystem::path path);
  /// Returns whether the file begins with the header of a tar file that is not packed.
  static bool IsTar(const std::filesystem::path& path);

  const std::vector<std::string>& members() const override { return names_; }
  std::optional<std::vector<std::uint8_t>> Head(const std::string& member,
                                                std::size_t count) const override;
  std::vector<std::uint8_t> Read(const std::string& member) const override;
  std::string problem() const override { return problem_; }

 private:
  std::optional<std::vector<std::uint8_t>> ReadAt(const std::string& member, std::uint64_t most,
                                                  std::uint64_t& size) const;

  std::filesystem::path path_;
  std::string problem_;
  std::map<std::string, std::int64_t> places_;  ///< places of headers; hard links: the target's
  std::vector<std::string> names_;
};

}  // namespace mhcnn
