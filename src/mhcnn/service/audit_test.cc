#include "mhcnn/service/audit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

/// What an element may have, from the RELAX NG schema of PS3.15 A.5.1: attributes that it needs,
/// attributes that it may have, and its children in their order.
struct ElementRule {
  std::set<std::string> needed, allowed;
  std::vector<std::string> children;
  bool text = false;
};

const std::map<std::string, ElementRule>& Schema() {
  static const std::set<std::string> kCode{"csd-code", "codeSystemName", "originalText"};
  static const std::map<std::string, ElementRule> kRules{
      {"AuditMessage",
       {{},
        {},
        {"EventIdentification", "ActiveParticipant", "AuditSourceIdentification",
         "ParticipantObjectIdentification"}}},
      {"EventIdentification",
       {{"EventDateTime", "EventOutcomeIndicator"},
        {"EventActionCode"},
        {"EventID", "EventTypeCode", "EventOutcomeDescription"}}},
      {"EventID", {kCode, {"displayName"}, {}}},
      {"EventTypeCode", {kCode, {"displayName"}, {}}},
      {"EventOutcomeDescription", {{}, {}, {}, true}},
      {"ActiveParticipant",
       {{"UserID", "UserIsRequestor"},
        {"AlternativeUserID", "UserName", "NetworkAccessPointID", "NetworkAccessPointTypeCode"},
        {"RoleIDCode", "MediaIdentifier"}}},
      {"RoleIDCode", {kCode, {"displayName"}, {}}},
      {"MediaIdentifier", {{}, {}, {"MediaType"}}},
      {"MediaType", {kCode, {"displayName"}, {}}},
      {"AuditSourceIdentification",
       {{"AuditSourceID"}, {"AuditEnterpriseSiteID"}, {"AuditSourceTypeCode"}}},
      {"AuditSourceTypeCode",
       {{"csd-code"}, {"codeSystemName", "originalText", "displayName"}, {}}},
      {"ParticipantObjectIdentification",
       {{"ParticipantObjectID"},
        {"ParticipantObjectTypeCode", "ParticipantObjectTypeCodeRole",
         "ParticipantObjectDataLifeCycle", "ParticipantObjectSensitivity"},
        {"ParticipantObjectIDTypeCode", "ParticipantObjectName", "ParticipantObjectDetail",
         "ParticipantObjectDescription"}}},
      {"ParticipantObjectIDTypeCode", {kCode, {"displayName"}, {}}},
      {"ParticipantObjectName", {{}, {}, {}, true}},
      {"ParticipantObjectDescription",
       {{}, {}, {"MPPS", "Accession", "SOPClass", "ParticipantObjectContainsStudy"}}},
      {"SOPClass", {{"NumberOfInstances"}, {"UID"}, {"Instance"}}},
  };
  return kRules;
}

void CheckElement(const pugi::xml_node& node) {
  const auto found = Schema().find(node.name());
  ASSERT_NE(found, Schema().end()) << node.name() << " is not in the schema";
  const ElementRule& rule = found->second;
  std::set<std::string> names;
  for (const auto& attribute : node.attributes()) {
    EXPECT_TRUE(names.insert(attribute.name()).second) << attribute.name() << " is there twice";
    EXPECT_TRUE(rule.needed.contains(attribute.name()) || rule.allowed.contains(attribute.name()))
        << node.name() << " has no attribute " << attribute.name();
  }
  for (const auto& name : rule.needed) EXPECT_TRUE(names.contains(name)) << node.name() << name;
  std::size_t last = 0;
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_pcdata) {
      EXPECT_TRUE(rule.text) << node.name() << " has no text";
      continue;
    }
    const auto at = std::find(rule.children.begin(), rule.children.end(), child.name());
    ASSERT_NE(at, rule.children.end()) << node.name() << " has no child " << child.name();
    const std::size_t place = at - rule.children.begin();
    EXPECT_GE(place, last) << child.name() << " stands too late";
    last = place;
    CheckElement(child);
  }
}

pugi::xml_document Parsed(const AuditEntry& entry, const std::string& node = "node-1") {
  using namespace std::chrono;
  const StoreTime at = sys_days{year{2026} / 11 / 28} + hours{7} + 5min + 9s + 42ms;
  const std::string xml = AuditMessage(entry, node, at);
  EXPECT_TRUE(IsUtf8(xml));
  for (const char c : xml) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << xml;
  pugi::xml_document document;
  const auto result = document.load_buffer(xml.data(), xml.size());
  EXPECT_TRUE(result) << result.description() << ": " << xml;
  EXPECT_STREQ(document.document_element().name(), "AuditMessage");
  CheckElement(document.document_element());
  return document;
}

AuditEntry Transfer() {
  AuditEntry entry;
  entry.peer = "MODALITY1";
  entry.address = "192.0.2.7";
  entry.study_uid = "1.2.3.4";
  entry.patient_id = "P17";
  entry.objects = {{"1.2.840.10008.5.1.4.1.1.1.2", 4}, {"1.2.840.10008.5.1.4.1.1.7", 1}};
  return entry;
}

std::string Value(const pugi::xml_document& document, const char* path) {
  return document.select_node(path).attribute().value();
}

TEST(AuditMessage, ReceivedObjectsAreATransferFromThePeerToTheNode) {
  const auto xml = Parsed(Transfer());
  EXPECT_EQ(Value(xml, "//EventID/@csd-code"), "110104");
  EXPECT_EQ(Value(xml, "//EventID/@codeSystemName"), "DCM");
  EXPECT_EQ(Value(xml, "//EventID/@originalText"), "DICOM Instances Transferred");
  EXPECT_EQ(Value(xml, "//EventIdentification/@EventActionCode"), "C");
  EXPECT_EQ(Value(xml, "//EventIdentification/@EventOutcomeIndicator"), "0");
  EXPECT_EQ(Value(xml, "//EventIdentification/@EventDateTime"), "2026-11-28T07:05:09.042Z");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[1]/@UserID"), "MODALITY1");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[1]/@UserIsRequestor"), "true");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[1]/@NetworkAccessPointID"), "192.0.2.7");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[1]/@NetworkAccessPointTypeCode"), "2");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[1]/RoleIDCode/@csd-code"), "110153");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[2]/@UserID"), "node-1");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[2]/RoleIDCode/@csd-code"), "110152");
  EXPECT_EQ(Value(xml, "//AuditSourceIdentification/@AuditSourceID"), "node-1");
  const auto study = xml.select_node("//ParticipantObjectIdentification[1]").node();
  EXPECT_STREQ(study.attribute("ParticipantObjectID").value(), "1.2.3.4");
  EXPECT_STREQ(study.attribute("ParticipantObjectTypeCode").value(), "2");
  EXPECT_STREQ(study.attribute("ParticipantObjectTypeCodeRole").value(), "3");
  EXPECT_EQ(Value(xml, "//SOPClass[1]/@UID"), "1.2.840.10008.5.1.4.1.1.1.2");
  EXPECT_EQ(Value(xml, "//SOPClass[1]/@NumberOfInstances"), "4");
  EXPECT_EQ(xml.select_nodes("//SOPClass").size(), 2u);
  const auto patient = xml.select_node("//ParticipantObjectIdentification[2]").node();
  EXPECT_STREQ(patient.attribute("ParticipantObjectID").value(), "P17");
  EXPECT_STREQ(patient.attribute("ParticipantObjectTypeCode").value(), "1");
  EXPECT_STREQ(patient.attribute("ParticipantObjectTypeCodeRole").value(), "1");
}

TEST(AuditMessage, SentObjectsAreATransferFromTheNodeToThePeer) {
  AuditEntry entry = Transfer();
  entry.peer_is_source = false;
  entry.success = false;
  entry.text = "the destination refused 2 objects";
  const auto xml = Parsed(entry);
  EXPECT_EQ(Value(xml, "//EventIdentification/@EventActionCode"), "R");
  EXPECT_EQ(Value(xml, "//EventIdentification/@EventOutcomeIndicator"), "8");
  EXPECT_STREQ(xml.select_node("//EventOutcomeDescription").node().child_value(),
               "the destination refused 2 objects");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[1]/@UserID"), "node-1");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[1]/@UserIsRequestor"), "true");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[1]/RoleIDCode/@csd-code"), "110153");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[2]/@UserID"), "MODALITY1");
  EXPECT_EQ(Value(xml, "//ActiveParticipant[2]/RoleIDCode/@csd-code"), "110152");
}

TEST(AuditMessage, EachEventHasItsCodesOfTheStandard) {
  const struct {
    AuditEvent event;
    std::string id, type, action;
  } kEvents[] = {
      {AuditEvent::kApplicationStart, "110100", "110120", "E"},
      {AuditEvent::kApplicationStop, "110100", "110121", "E"},
      {AuditEvent::kInstancesTransferred, "110104", "", "C"},
      {AuditEvent::kInstancesAccessed, "110103", "", "R"},
      {AuditEvent::kStudyDeleted, "110105", "", "D"},
      {AuditEvent::kExport, "110106", "", "R"},
      {AuditEvent::kImport, "110107", "", "C"},
      {AuditEvent::kSecurityAlert, "110113", "110126", "E"},
      {AuditEvent::kUserAuthentication, "110114", "110122", "E"},
  };
  for (const auto& expected : kEvents) {
    for (const bool whole : {true, false}) {
      AuditEntry entry = whole ? Transfer() : AuditEntry{};
      entry.event = expected.event;
      const auto xml = Parsed(entry);
      EXPECT_EQ(Value(xml, "//EventID/@csd-code"), expected.id);
      EXPECT_EQ(Value(xml, "//EventTypeCode/@csd-code"), expected.type);
      EXPECT_EQ(Value(xml, "//EventIdentification/@EventActionCode"), expected.action);
      EXPECT_GE(xml.select_nodes("//ActiveParticipant").size(), 1u);
      const auto requestors = xml.select_nodes("//ActiveParticipant[@UserIsRequestor='true']");
      EXPECT_LE(requestors.size(), 1u);
      EXPECT_GE(requestors.size(), whole ? 1u : 0u);
    }
  }
}

TEST(AuditMessage, ExportAndImportNameTheMedium) {
  AuditEntry entry = Transfer();
  entry.event = AuditEvent::kExport;
  entry.peer_is_source = false;
  EXPECT_EQ(Value(Parsed(entry), "//MediaIdentifier/../RoleIDCode/@csd-code"), "110154");
  entry.event = AuditEvent::kImport;
  entry.peer_is_source = true;
  EXPECT_EQ(Value(Parsed(entry), "//MediaIdentifier/../RoleIDCode/@csd-code"), "110155");
}

TEST(AuditMessage, RefusedPeersAreMinorFailures) {
  AuditEntry entry;
  entry.event = AuditEvent::kSecurityAlert;
  entry.success = false;
  entry.peer = "STRANGER";
  EXPECT_EQ(Value(Parsed(entry), "//EventIdentification/@EventOutcomeIndicator"), "4");
}

TEST(AuditMessage, HostileTextsStayTexts) {
  const std::string hostile[] = {
      R"("/><EventID csd-code="1"/>)",
      "]]><!--&lt;&x;",
      std::string("a\0b\x01\x1f\n\r\t\x7f", 9),
      "\xff\xfe\xc0\x80\xed\xa0\x80",
      "\xEF\xBF\xBF\xEF\xBF\xBE\xE2\x80\xAE",
      "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>&b;",
      std::string(100'000, '&'),
      std::string(511, 'a') + "\xC3\xA4\xC3\xA4",
  };
  for (const auto& text : hostile) {
    AuditEntry entry = Transfer();
    entry.peer = entry.address = entry.study_uid = entry.patient_id = entry.text = text;
    entry.objects = std::vector<std::pair<std::string, int>>(1'000, {text, 1});
    const auto xml = Parsed(entry, text);
    EXPECT_EQ(xml.select_nodes("//EventID").size(), 1u);
    EXPECT_EQ(xml.select_nodes("//ActiveParticipant").size(), 2u);
    EXPECT_EQ(xml.select_nodes("//ParticipantObjectIdentification").size(), 2u);
    EXPECT_LE(Value(xml, "//ActiveParticipant[1]/@UserID").size(), 600u);
  }
}

TEST(AuditMessage, TextInUnicodeIsKept) {
  AuditEntry entry = Transfer();
  entry.patient_id = "Ä-山田 'x'";
  EXPECT_EQ(Value(Parsed(entry), "//ParticipantObjectIdentification[2]/@ParticipantObjectID"),
            "Ä-山田 'x'");
}

}  // namespace
}  // namespace mhcnn
