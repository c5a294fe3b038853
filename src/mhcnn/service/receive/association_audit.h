#pragma once

#include <map>
#include <string>
#include <vector>

#include "mhcnn/service/audit.h"
#include "mhcnn/service/intake.h"

namespace mhcnn {

/// What an association is recorded as for the protection of patients' data: one event for each
/// study whose objects came (PS3.15 A.5.3.7, Instances Transferred).
class AssociationAudit {
 public:
  /// An object was answered. Those that were refused belong to no study.
  void Add(const IntakeOutcome& outcome);
  /// The events so far, of this peer.
  std::vector<AuditEntry> Entries(const std::string& ae_title, const std::string& address) const;

 private:
  struct Study {
    std::string patient_id;
    std::map<std::string, int> classes;
  };
  std::map<std::string, Study> studies_;
  int refused_ = 0;
};

/// The event of a peer that was rejected, since it is not known here or calls another title.
AuditEntry RejectionEntry(const std::string& ae_title, const std::string& address,
                          const std::string& problem);

}  // namespace mhcnn
