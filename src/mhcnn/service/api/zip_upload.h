#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "mhcnn/service/api/upload_report.h"
#include "mhcnn/service/web/body_intake.h"

namespace mhcnn {

/// Limits of an uploaded zip file, in addition to those of ZipArchive for each member.
struct ZipUploadLimits {
  std::uint64_t members = 20'000;                        ///< largest number of members
  std::uint64_t bytes = std::uint64_t{16} << 30;         ///< largest size of all after unpacking
  std::function<bool()> has_room = [] { return true; };  ///< called before each 16 members

  /// Throws Error(kUsage) that names the field which is wrong.
  void Check() const;
};

/// Gives the members of a zip file to Intake, one after the other, each through a file of
/// `incoming/`. Errors of a member, or of the whole file, are reported and do not end the request.
/// Names of members are only shown. `name` is the client's name of the zip file.
void StoreZip(const std::filesystem::path& zip, const std::string& name, BodyIntake& intake,
              UploadReport& report, const ZipUploadLimits& limits);

}  // namespace mhcnn
