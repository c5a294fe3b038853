#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "mhcnn/service/audit.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/intake.h"
#include "mhcnn/service/web/http_message.h"
#include "mhcnn/service/web/incoming_file.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// Parts that the intake of objects from bodies uses. All must outlive the routes.
struct BodyIntakeContext {
  const ServiceConfig& config;  ///< the configuration
  const ObjectFolder& folder;   ///< the object folder
  ThreadStores& stores;         ///< a store for each thread
  /// Called for each object with whether it is safe; may be empty. Thread-safe.
  std::function<void(bool safe)> on_object;
};

/// Source of a body, and how it is audited.
struct BodySource {
  std::string name;  ///< "stow", "upload": begins the `peer` of the objects
  AuditEvent event = AuditEvent::kInstancesTransferred;  ///< event of the accepted objects
  std::string unnamed = "STOW-RS client";  ///< name in the audit of a client without one
  std::string person = {};  ///< sender in the audit; "": name in the client's certificate
};

/// Reads the objects of the body of a request, one after the other, as they arrive: each is stored
/// in a file of `incoming/` and given to Intake, which commits it. Incomplete ones leave nothing.
/// Accepted objects are audited once for each study, also where the connection breaks afterwards.
class BodyIntake {
 public:
  /// Throws HttpError(503) with Retry-After where the node has no room.
  BodyIntake(const BodyIntakeContext& parts, const HttpRequest& request, BodySource door);
  ~BodyIntake();
  BodyIntake(const BodyIntake&) = delete;
  BodyIntake& operator=(const BodyIntake&) = delete;

  /// Outcome of an object. Where it is not safe, `code` is also kLimit for an object that is larger
  /// than receive.max_object_mb.
  struct Taken {
    IntakeOutcome outcome;   ///< with its header, as far as it was read
    bool too_large = false;  ///< whether it is beyond the limit of an object
    std::string remedy;      ///< advice to the sender; "" where nothing is known
  };
  /// Checks the whole file of an object before Intake gets it. Throws Error with the reason to
  /// refuse it: nothing is kept of it then.
  using Check = std::function<void(const std::filesystem::path& file)>;

  /// Begins an object, and drops an earlier one that was not ended.
  void Begin();
  /// Adds the next piece of the object. Never throws: End() returns the error.
  void Data(std::string_view piece);
  /// Ends the object and gives it to Intake. Refuses one of another study than `study` (kUsage).
  Taken End(const std::string& study = {}, const Check& check = {});
  /// Drops an object that was begun and not ended.
  void Drop() { file_.reset(); }
  /// Counts an object that failed before it began.
  void CountFailure() const;
  /// Writes the audit events of the objects that were accepted so far.
  void RecordAudit() noexcept;

 private:
  void Fail(ErrorCode code, std::string problem, std::string remedy = {});
  void Audit(const ReceivedObject& object);

  const BodyIntakeContext& parts_;
  const HttpRequest& request_;
  BodySource door_;
  std::string peer_;
  std::unique_ptr<IncomingFile> file_;  ///< file of the object that is being received
  Taken taken_;
  bool failed_ = false;
  std::map<std::pair<std::string, std::string>, AuditEntry> audit_;
};

}  // namespace mhcnn
