#pragma once

#include <filesystem>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"

namespace mhcnn {

/// What became of an object that somebody sent.
struct IntakeOutcome {
  bool safe = false;      ///< the object is in the store: it may be acknowledged
  Receipt receipt;        ///< what the store made of it
  ReceivedObject object;  ///< what its header says
  /// Why it is not in the store, or why it is kept but not measured; "" where it is measured.
  std::string problem;
  /// Where it is not safe: kCorrupt for an object that cannot be understood (C000, 409), kUsage for
  /// one that is not what the sender said (A900), kLimit and kIo for a lack of resources (A700,
  /// 503).
  ErrorCode code = ErrorCode::kInternal;
};

/// The one way of an object into the node, for every door: DICOM, STOW-RS and folders.
class Intake {
 public:
  /// All must outlive it.
  Intake(JobStore& store, const ObjectFolder& folder, const ServiceConfig& config)
      : store_(store), folder_(folder), config_(config) {}

  /// Reads the header of the file in `incoming/`, decides what it is for, makes it safe and commits
  /// it. The file is gone from `incoming/` afterwards, in any case. An object that cannot be
  /// understood is kept in quarantine with a row and reported as not safe. `sop_class_uid` and
  /// `sop_uid` are what the sender announced; "" where it announced nothing. Never throws for what
  /// a file holds; Error(kIo) of the store and the disk become an outcome too.
  IntakeOutcome Take(const std::filesystem::path& incoming, const std::string& peer,
                     const std::string& sop_class_uid = {}, const std::string& sop_uid = {});
  /// Whether new objects are welcome: enough free space, quota not reached. `reason` says why not.
  bool HasRoom(std::string* reason = nullptr) const;

 private:
  JobStore& store_;
  const ObjectFolder& folder_;
  const ServiceConfig& config_;
};

}  // namespace mhcnn
