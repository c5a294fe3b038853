#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// One result that a sender sends.
struct OutgoingObject {
  std::string study_uid;  ///< Study Instance UID
  /// Unique identifiers; `sop_class_uid` is empty for a file that is no DICOM object.
  std::string sop_uid, sop_class_uid;
  std::string kind;            ///< "seg", "sr", "cad", "sc", "fhir", ...
  std::filesystem::path path;  ///< absolute path of the file, whose digest was checked
  std::string digest;          ///< SHA-256 of the file
  /// Whether an earlier try may have reached the destination although no answer came back.
  bool sent_before = false;
};

/// Kind of the outcome of an object.
enum class SendResult {
  kStored,     ///< the destination confirmed that it has the object
  kTransient,  ///< a later try may succeed: no connection, abort, time-out, no space
  kPermanent,  ///< it will be refused again until somebody changes something
};

/// Result and, for a failure, one line with the reason and what to do.
struct SendOutcome {
  SendResult result = SendResult::kTransient;  ///< kind of the outcome
  std::string text;                            ///< explanation
};

/// Functions of the caller that a sender calls.
struct SendHooks {
  /// Called before each piece of work, which sends `bytes`. Returns false where the sender must
  /// stop: objects without an outcome were not tried then.
  std::function<bool(std::uint64_t bytes)> may_send;
  /// Called as soon as the outcome of the object at this position is known, once for each.
  std::function<void(std::size_t index, const SendOutcome& outcome)> ended;
};

/// Sends results to one destination. Not thread-safe. A call may hang for longer than the time
/// limits, so it is used in a child process that can be killed.
class Sender {
 public:
  virtual ~Sender() = default;
  /// Sends the objects of one exam in their order and reports each. Throws Error only for a
  /// configuration that cannot work (a certificate that is no certificate).
  virtual void Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) = 0;
  /// Asks the destination whether it answers and would accept results of these formats, without
  /// sending any. The text states what was found and what to do.
  virtual SendOutcome Check() = 0;

  /// Returns the sender for the kind of the destination.
  static std::unique_ptr<Sender> Create(const DestinationConfig& destination);
};

/// Reports the outcome for all objects from `first` on.
void ReportRest(std::size_t first, std::size_t count, const SendOutcome& outcome,
                const SendHooks& hooks);

}  // namespace mhcnn
