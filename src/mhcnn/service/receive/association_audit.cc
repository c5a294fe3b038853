#include "mhcnn/service/receive/association_audit.h"

namespace mhcnn {

void AssociationAudit::Add(const IntakeOutcome& outcome) {
  if (!outcome.safe) {
    ++refused_;
    return;
  }
  Study& study = studies_[outcome.object.study_uid];
  study.patient_id = outcome.object.patient_id;
  ++study.classes[outcome.object.sop_class_uid];
}

std::vector<AuditEntry> AssociationAudit::Entries(const std::string& ae_title,
                                                  const std::string& address) const {
  std::vector<AuditEntry> entries;
  for (const auto& [uid, study] : studies_) {
    AuditEntry entry;
    entry.peer = ae_title;
    entry.address = address;
    entry.study_uid = uid;
    entry.patient_id = study.patient_id;
    entry.objects.assign(study.classes.begin(), study.classes.end());
    entries.push_back(std::move(entry));
  }
  if (refused_ > 0) {
    AuditEntry entry;
    entry.success = false;
    entry.peer = ae_title;
    entry.address = address;
    entry.text = std::to_string(refused_) + " objects were refused";
    entries.push_back(std::move(entry));
  }
  return entries;
}

AuditEntry RejectionEntry(const std::string& ae_title, const std::string& address,
                          const std::string& problem) {
  AuditEntry entry;
  entry.event = AuditEvent::kSecurityAlert;
  entry.success = false;
  entry.peer = ae_title;
  entry.address = address;
  entry.text = "association rejected: " + problem;
  return entry;
}

}  // namespace mhcnn
