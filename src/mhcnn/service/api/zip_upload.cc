#include "mhcnn/service/api/zip_upload.h"

#include <algorithm>
#include <new>
#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/zip_archive.h"

namespace mhcnn {
namespace {

/// Returns whether a member is a file that operating systems add to folders.
bool IsSystemFile(const std::string& member) {
  const std::string name = member.substr(member.find_last_of('/') + 1);
  return member.rfind("__MACOSX/", 0) == 0 || name == ".DS_Store" || name == "Thumbs.db" ||
         name == "desktop.ini";
}

void StoreMembers(const ZipArchive& archive, const std::string& name, BodyIntake& intake,
                  UploadReport& report, const ZipUploadLimits& limits) {
  std::uint64_t unpacked = 0, taken = 0;
  const auto count_piece = [&](std::string_view piece) {
    unpacked += piece.size();
    if (unpacked > limits.bytes) {
      throw Error(ErrorCode::kLimit,
                  "unpacks to more than " + std::to_string(limits.bytes >> 20) + " MB", {},
                  "divide it into several zip files");
    }
    intake.Data(piece);
  };
  for (const std::string& member : archive.members()) {
    if (IsSystemFile(member)) continue;
    const std::string shown = name + "/" + member;
    if (taken++ % 16 == 0 && !limits.has_room()) {
      throw Error(ErrorCode::kIo, "the node has no room for more objects", {},
                  "send the rest again later");
    }
    intake.Begin();
    try {
      archive.Unpack(member, count_piece);
    } catch (const Error& e) {
      if (unpacked > limits.bytes) throw;
      report.AddFailed(shown, e.problem(), e.remedy());
      intake.CountFailure();
      continue;
    }
    report.Add(shown, intake.End({}, CheckDicomObject));
  }
}

}  // namespace

void ZipUploadLimits::Check() const {
  CheckAtLeast("members", static_cast<double>(members), 1);
  CheckAtLeast("bytes", static_cast<double>(bytes), 1);
  if (!has_room) throw Error(ErrorCode::kUsage, "has_room must be a function");
}

void StoreZip(const std::filesystem::path& zip, const std::string& name, BodyIntake& intake,
              UploadReport& report, const ZipUploadLimits& limits) {
  limits.Check();
  const std::size_t before = report.size();
  try {
    CheckZipDirectory(zip, {limits.members});
    const ZipArchive archive(zip);
    StoreMembers(archive, name, intake, report, limits);
    if (report.size() == before) report.AddFailed(name, "contains no files", "send DICOM files");
  } catch (const Error& e) {
    report.AddFailed(name, e.problem(), e.remedy());
    intake.CountFailure();
  } catch (const std::bad_alloc&) {
    report.AddFailed(name, "needs more memory than there is", "divide it into several zip files");
    intake.CountFailure();
  }
  intake.Drop();
}

}  // namespace mhcnn
