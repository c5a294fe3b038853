#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// One result on its way out, as a sender sees it.
struct OutgoingObject {
  std::string study_uid;  ///< study Instance UID
  /// Unique identifiers; `sop_class_uid` is empty for a file that is no DICOM object.
  std::string sop_uid, sop_class_uid;
  std::string kind;            ///< "seg", "sr", "cad", "sc", "fhir", ...
  std::filesystem::path path;  ///< absolute path of the file, whose digest was checked
  std::string digest;          ///< SHA-256 of the file
  /// An earlier try may have reached the destination without its answer coming back.
  bool sent_before = false;
};

/// What became of an object.
enum class SendResult {
  kStored,     ///< the destination said that it has the object
  kTransient,  ///< it may be taken later: no connection, an abort, a time-out, no space
  kPermanent,  ///< the same object will be refused again until somebody changes something
};

/// The result and, for a failure, one line that says why and what to do.
struct SendOutcome {
  SendResult result = SendResult::kTransient;  ///< what became of it
  std::string text;                            ///< in words
};

/// How a sender talks to its caller.
struct SendHooks {
  /// Called before each piece of work that sends so many bytes. Returns false where the sender is
  /// to stop: what has no outcome then was not tried.
  std::function<bool(std::uint64_t bytes)> may_send;
  /// Called as soon as the outcome of the object at this position is known, once for each.
  std::function<void(std::size_t index, const SendOutcome& outcome)> ended;
};

/// The way to one destination. Not thread-safe; a process may hang in it for longer than the time
/// limits say, so it is used in a child that can be killed.
class Sender {
 public:
  virtual ~Sender() = default;
  /// Sends the objects of one exam in their order and reports each. Throws Error only for a
  /// configuration that cannot work (a certificate that is no certificate).
  virtual void Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) = 0;
  /// Asks the destination whether it is there and would take results of these formats, without
  /// sending any. The text says what was found and what to do.
  virtual SendOutcome Check() = 0;

  /// The sender for the kind of the destination.
  static std::unique_ptr<Sender> Create(const DestinationConfig& destination);
};

/// Reports the outcome for all objects from `first` on.
void ReportRest(std::size_t first, std::size_t count, const SendOutcome& outcome,
                const SendHooks& hooks);

}  // namespace mhcnn
