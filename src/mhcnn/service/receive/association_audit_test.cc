#include "mhcnn/service/receive/association_audit.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

IntakeOutcome Outcome(const std::string& study, const std::string& sop_class, bool safe = true) {
  IntakeOutcome outcome;
  outcome.safe = safe;
  outcome.object.study_uid = study;
  outcome.object.patient_id = "P of " + study;
  outcome.object.sop_class_uid = sop_class;
  return outcome;
}

TEST(AssociationAudit, CountsTheObjectsOfEachStudy) {
  AssociationAudit audit;
  EXPECT_TRUE(audit.Entries("PACS", "192.0.2.1").empty());
  audit.Add(Outcome("1.1", "mg"));
  audit.Add(Outcome("1.2", "mg"));
  audit.Add(Outcome("1.1", "mg"));
  audit.Add(Outcome("1.1", "sr"));
  const auto entries = audit.Entries("PACS", "192.0.2.1");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].event, AuditEvent::kInstancesTransferred);
  EXPECT_TRUE(entries[0].success);
  EXPECT_TRUE(entries[0].peer_is_source);
  EXPECT_EQ(entries[0].study_uid, "1.1");
  EXPECT_EQ(entries[0].patient_id, "P of 1.1");
  EXPECT_EQ(entries[0].peer, "PACS");
  EXPECT_EQ(entries[0].address, "192.0.2.1");
  EXPECT_EQ(entries[0].objects, (std::vector<std::pair<std::string, int>>{{"mg", 2}, {"sr", 1}}));
}

TEST(AssociationAudit, RecordsRefusalsAsFailures) {
  AssociationAudit audit;
  audit.Add(Outcome("1.1", "mg", false));
  audit.Add(Outcome("1.1", "mg", false));
  const auto entries = audit.Entries("PACS", "192.0.2.1");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_FALSE(entries[0].success);
  EXPECT_EQ(entries[0].text, "2 objects were refused");
}

TEST(AssociationAudit, RejectionsAreSecurityAlerts) {
  const AuditEntry entry = RejectionEntry("EVIL", "192.0.2.66", "it calls another AE title");
  EXPECT_EQ(entry.event, AuditEvent::kSecurityAlert);
  EXPECT_FALSE(entry.success);
  EXPECT_EQ(entry.peer, "EVIL");
  EXPECT_NE(entry.text.find("another AE title"), std::string::npos);
}

}  // namespace
}  // namespace mhcnn
