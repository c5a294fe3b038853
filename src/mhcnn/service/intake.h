#pragma once

#include <filesystem>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"

namespace mhcnn {

/// Result of the intake of an object.
struct IntakeOutcome {
  bool safe = false;      ///< whether the object is in the store and may be acknowledged
  Receipt receipt;        ///< result of the store
  ReceivedObject object;  ///< content of its header
  /// Reason why it is not in the store, or is kept but not measured; "" if it is measured.
  std::string problem;
  /// Error if it is not safe: kCorrupt for an object that cannot be understood (C000, 409), kUsage
  /// for one that is not what the sender said (A900), kLimit and kIo for a lack of resources (A700,
  /// 503).
  ErrorCode code = ErrorCode::kInternal;
};

/// The only way of an object into the node, for all of DICOM, STOW-RS and folders.
class Intake {
 public:
  /// All must outlive it.
  Intake(JobStore& store, const ObjectFolder& folder, const ServiceConfig& config)
      : store_(store), folder_(folder), config_(config) {}

  /// Reads the header of the file in `incoming/`, decides its use, makes it safe and commits it.
  /// The file is never in `incoming/` afterwards. An object that cannot be understood is kept in
  /// quarantine with a row and reported as not safe. `sop_class_uid` and `sop_uid` are what the
  /// sender announced; "" where it announced nothing. Never throws for what a file contains;
  /// Error(kIo) of the store and the disk become an outcome too.
  IntakeOutcome Take(const std::filesystem::path& incoming, const std::string& peer,
                     const std::string& sop_class_uid = {}, const std::string& sop_uid = {});
  /// Returns whether there is room for new objects: free space and quota. `reason`: why not.
  bool HasRoom(std::string* reason = nullptr) const;

 private:
  JobStore& store_;
  const ObjectFolder& folder_;
  const ServiceConfig& config_;
};

}  // namespace mhcnn
