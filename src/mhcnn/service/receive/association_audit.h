#pragma once

#include <map>
#include <string>
#include <vector>

#include "mhcnn/service/audit.h"
#include "mhcnn/service/intake.h"

namespace mhcnn {

/// Audit events of an association, for the protection of patients' data: one event for each study
/// whose objects were received (PS3.15 A.5.3.7, Instances Transferred).
class AssociationAudit {
 public:
  /// Adds an object that was answered. Refused objects belong to no study.
  void Add(const IntakeOutcome& outcome);
  /// Returns the events so far, for this peer.
  std::vector<AuditEntry> Entries(const std::string& ae_title, const std::string& address) const;

 private:
  struct Study {
    std::string patient_id;
    std::map<std::string, int> classes;
  };
  std::map<std::string, Study> studies_;
  int refused_ = 0;
};

/// Returns the event of a peer that was rejected, as it is unknown or calls another AE title.
AuditEntry RejectionEntry(const std::string& ae_title, const std::string& address,
                          const std::string& problem);

}  // namespace mhcnn
