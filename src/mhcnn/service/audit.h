#pragma once

#include <string>
#include <vector>

#include "mhcnn/jobs/job_store.h"

namespace mhcnn {

/// Subject of an audit message (PS3.15 table A.5.2 and DICOM controlled terminology).
enum class AuditEvent {
  kApplicationStart,      ///< 110100, type 110120
  kApplicationStop,       ///< 110100, type 110121
  kInstancesTransferred,  ///< 110104
  kInstancesAccessed,     ///< 110103, read
  kInstancesChanged,      ///< 110103, updated
  kStudyDeleted,          ///< 110105
  kExport,                ///< 110106
  kImport,                ///< 110107
  kSecurityAlert,         ///< 110113, type 110126
  kRestrictedFunction,  ///< 110113, type 110132: somebody asked for what their role does not permit
  kAccountsChanged,     ///< 110113, type 110137
  kUserAuthentication,  ///< 110114, type 110122
  kUserLogout,          ///< 110114, type 110123
};

/// One audit event: who did what with which patient's data, and how it ended.
struct AuditEntry {
  AuditEvent event = AuditEvent::kInstancesTransferred;  ///< kind of the event
  bool success = true;                                   ///< whether it succeeded
  /// The other side: AE title, token or person, and its numeric address.
  std::string peer, address;
  bool peer_is_source = true;  ///< whether data came from it; false: data went to it
  /// Study Instance UID and Patient ID.
  std::string study_uid, patient_id;
  /// SOP classes and the number of objects of each.
  std::vector<std::pair<std::string, int>> objects;
  std::string text;  ///< description, for security alerts and failures
};

/// Returns the message of PS3.15 A.5 as XML.
std::string AuditMessage(const AuditEntry& entry, const std::string& node, StoreTime at);
/// Appends the message to the store's trail. An error of the store is logged, not thrown: audit
/// comes after the acknowledged work, which remains valid.
void Record(JobStore& store, const AuditEntry& entry, const std::string& node);

}  // namespace mhcnn
