#include "mhcnn/service/intake.h"

#include <fmt/format.h>

#include <new>

#include "mhcnn/base/log.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/uid.h"
#include "mhcnn/service/received_header.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Removes a file that was not accepted.
class IncomingFileGuard {
 public:
  explicit IncomingFileGuard(const fs::path& path) : path_(path) {}
  ~IncomingFileGuard() {
    std::error_code ec;
    fs::remove(path_, ec);
  }
  IncomingFileGuard(const IncomingFileGuard&) = delete;
  IncomingFileGuard& operator=(const IncomingFileGuard&) = delete;

 private:
  const fs::path& path_;
};

/// An object that nobody can name: its UID follows from its bytes, so that it never takes the place
/// of another, whatever it claims to be.
ReceivedObject Quarantined(const std::string& digest, std::uint64_t bytes, const std::string& why) {
  ReceivedObject object;
  object.sop_uid = UidFromText("quarantine " + digest);
  object.digest = digest;
  object.bytes = bytes;
  object.use = ObjectPurpose::kQuarantine;
  object.reason = why;
  return object;
}

/// Returns what a sender announced and the file does not contain; "" if they agree.
std::string Difference(const ReceivedObject& object, const std::string& sop_class_uid,
                       const std::string& sop_uid) {
  if (!sop_class_uid.empty() && sop_class_uid != object.sop_class_uid) {
    return "its SOP Class UID is not the one announced";
  }
  if (!sop_uid.empty() && sop_uid != object.sop_uid) {
    return "its SOP Instance UID is not the one announced";
  }
  return {};
}

IntakeOutcome Refused(ErrorCode code, std::string problem) {
  IntakeOutcome outcome;
  outcome.code = code;
  outcome.problem = std::move(problem);
  return outcome;
}

}  // namespace

IntakeOutcome Intake::Take(const fs::path& incoming, const std::string& peer,
                           const std::string& sop_class_uid, const std::string& sop_uid) {
  const IncomingFileGuard leftover(incoming);
  IntakeOutcome outcome;
  try {
    const std::string digest = FileSha256(incoming);
    ReceivedObject& object = outcome.object;
    try {
      object = ReadReceivedHeader(incoming);
      object.digest = digest;
      if (const auto differs = Difference(object, sop_class_uid, sop_uid); !differs.empty()) {
        return Refused(ErrorCode::kUsage, differs);
      }
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kCorrupt) throw;
      object = Quarantined(digest, fs::file_size(incoming), e.problem());
    }
    object.peer = peer;
    object.file = folder_.Keep(incoming, digest);
    outcome.receipt = store_.objects().Add(object, config_.exams);
    outcome.problem = object.reason;
    outcome.safe = object.use != ObjectPurpose::kQuarantine;
    if (!outcome.safe) outcome.code = ErrorCode::kCorrupt;
  } catch (const Error& e) {
    // The file, if it is in its place, stays there: the store may have committed its row.
    spdlog::error("an object from {} could not be stored safely: {}", ToDisplayText(peer),
                  ToDisplayText(e.what()));
    const bool resources = e.code() == ErrorCode::kIo || e.code() == ErrorCode::kLimit;
    return Refused(resources ? e.code() : ErrorCode::kIo, e.problem());
  } catch (const std::bad_alloc&) {
    return Refused(ErrorCode::kLimit, "there is not enough memory");
  } catch (const fs::filesystem_error& e) {
    return Refused(ErrorCode::kIo, e.code().message());
  }
  return outcome;
}

bool Intake::HasRoom(std::string* reason) const {
  const auto say = [&](std::string why) {
    if (reason != nullptr) *reason = std::move(why);
    return false;
  };
  const RetentionConfig& limits = config_.retention;
  try {
    const std::uint64_t free = folder_.Free();
    if (free < limits.reserve_bytes) {
      return say(fmt::format("the disk of the object folder has {} bytes free, fewer than {}", free,
                             limits.reserve_bytes));
    }
    if (limits.max_bytes > 0 && store_.retention().Bytes() >= limits.max_bytes) {
      return say(
          fmt::format("the object folder has reached its quota of {} bytes", limits.max_bytes));
    }
  } catch (const Error& e) {
    return say(e.what());
  }
  return true;
}

}  // namespace mhcnn
