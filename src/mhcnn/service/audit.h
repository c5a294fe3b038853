#pragma once

#include <string>
#include <vector>

#include "mhcnn/jobs/job_store.h"

namespace mhcnn {

/// What an audit message is about (PS3.15 table A.5.2 and DICOM controlled terminology).
enum class AuditEvent {
  kApplicationStart,      ///< 110100, type 110120
  kApplicationStop,       ///< 110100, type 110121
  kInstancesTransferred,  ///< 110104
  kInstancesAccessed,     ///< 110103
  kInstancesUpdated,      ///< 110103, as an update
  kStudyDeleted,          ///< 110105
  kExport,                ///< 110106
  kImport,                ///< 110107
  kSecurityAlert,         ///< 110113
  kUserAuthentication,    ///< 110114
};

/// One event: who did what with whose data, and how it ended.
struct AuditEntry {
  AuditEvent event = AuditEvent::kInstancesTransferred;  ///< what happened
  bool success = true;                                   ///< whether it succeeded
  /// The other side: AE title, token or person, and its numeric address.
  std::string peer, address;
  bool peer_is_source = true;  ///< data came from it; false: data went to it
  /// Patient ID.
  std::string study_uid, patient_id;
  /// SOP classes and how many objects of each.
  std::vector<std::pair<std::string, int>> objects;
  std::string text;  ///< what happened, for security alerts and failures
};

/// The message of PS3.15 A.5 as XML.
std::string AuditMessage(const AuditEntry& entry, const std::string& node, StoreTime at);
/// Appends the message to the store's trail. A store that fails is logged, not thrown: audit comes
/// after the acknowledged work, which stands.
void Record(JobStore& store, const AuditEntry& entry, const std::string& node);

}  // namespace mhcnn
