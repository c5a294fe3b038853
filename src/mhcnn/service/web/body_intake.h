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

/// What taking objects out of bodies needs. All must outlive the routes.
struct BodyIntakeParts {
  const ServiceConfig& config;  ///< the configuration
  const ObjectFolder& folder;   ///< the object folder
  ThreadStores& stores;         ///< a store for each thread
  /// Called for each object with whether it is safe; may be empty. Thread-safe.
  std::function<void(bool safe)> on_object;
};

/// By which door a body comes, and how it is audited.
struct BodyDoor {
  std::string name;  ///< "stow", "upload": begins the `peer` of the objects
  AuditEvent event = AuditEvent::kInstancesTransferred;  ///< the event of what was taken
  std::string unnamed = "STOW-RS client";  ///< what the audit calls a client without a name
  std::string person = {};  ///< who sends, for the audit; "": the name in the client's certificate
};

/// Takes the objects of the body of a request, one after the other, as they come: each goes to a
/// file of `incoming/` and through Intake, which commits it. What is not whole leaves nothing. What
/// was taken is audited once for each study, also where the connection breaks afterwards.
class BodyIntake {
 public:
  /// Throws HttpError(503) with Retry-After where the node has no room.
  BodyIntake(const BodyIntakeParts& parts, const HttpRequest& request, BodyDoor door);
  ~BodyIntake();
  BodyIntake(const BodyIntake&) = delete;
  BodyIntake& operator=(const BodyIntake&) = delete;

  /// What became of an object. Where it is not safe, `code` is also kLimit for one that is larger
  /// than receive.max_object_mb.
  struct Taken {
    IntakeOutcome outcome;   ///< with what its header says, as far as it was read
    bool too_large = false;  ///< it is beyond the limit of an object
    std::string remedy;      ///< what the sender can do; "" where nothing is known
  };
  /// What looks at the whole file of an object before Intake takes it. Throws Error with the
  /// reason to refuse it: nothing is kept of it then.
  using Check = std::function<void(const std::filesystem::path& file)>;

  /// Begins an object; what there is of the one before is dropped.
  void Begin();
  /// Takes the next piece of the object. Never throws: a fault shows in what End() returns.
  void Data(std::string_view piece);
  /// Ends the object and takes it. With `study`, one of another study is refused (kUsage).
  Taken End(const std::string& study = {}, const Check& check = {});
  /// Drops what there is of an object that was begun.
  void Drop() { file_.reset(); }
  /// Counts an object that failed before it began.
  void CountFailure() const;
  /// Writes the audit events of what was taken so far.
  void RecordAudit() noexcept;

 private:
  void Fail(ErrorCode code, std::string problem, std::string remedy = {});
  void Audit(const ReceivedObject& object);

  const BodyIntakeParts& parts_;
  const HttpRequest& request_;
  BodyDoor door_;
  std::string peer_;
  std::unique_ptr<IncomingFile> file_;  ///< of the object that is being received
  Taken taken_;
  bool failed_ = false;
  std::map<std::pair<std::string, std::string>, AuditEntry> audit_;
};

}  // namespace mhcnn
