#pragma once

#include <map>

#include "mhcnn/base/archive.h"

namespace mhcnn {

/// A tar file that is not packed (v7, ustar, GNU, pax), read member by member: the list is made
/// once, and a member is read from its place. Threads may share an object. Limits are those of zip
/// files.
class TarArchive : public Archive {
 public:
  /// Throws Error: kNotFound, kIo, kCorrupt, kLimit.
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
  std::map<std::string, std::int64_t> places_;  ///< of a member's header; hard links: the target's
  std::vector<std::string> names_;
};

}  // namespace mhcnn
