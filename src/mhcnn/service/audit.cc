#include "mhcnn/service/audit.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/host_name.h"
#include "mhcnn/base/html.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/utc_time.h"

namespace mhcnn {
namespace {

/// Longer texts of peers are cut, so that a message stays a datagram.
constexpr std::size_t kMaxTextBytes = 512, kMaxClasses = 64;

/// A code with its scheme and meaning.
struct Code {
  const char* value;
  const char* meaning;
  const char* scheme = "DCM";
};

/// The fixed parts of an event (PS3.15 A.5.3 and CID 400, 401).
struct EventForm {
  Code id;
  const char* action;  ///< C, R, U, D or E
  Code type{"", ""};   ///< EventTypeCode; "" where the event has none
};

EventForm FindEventForm(const AuditEntry& entry) {
  switch (entry.event) {
    case AuditEvent::kApplicationStart:
      return {{"110100", "Application Activity"}, "E", {"110120", "Application Start"}};
    case AuditEvent::kApplicationStop:
      return {{"110100", "Application Activity"}, "E", {"110121", "Application Stop"}};
    case AuditEvent::kInstancesTransferred:
      return {{"110104", "DICOM Instances Transferred"}, entry.peer_is_source ? "C" : "R"};
    case AuditEvent::kInstancesAccessed:
      return {{"110103", "DICOM Instances Accessed"}, "R"};
    case AuditEvent::kInstancesChanged:
      return {{"110103", "DICOM Instances Accessed"}, "U"};
    case AuditEvent::kStudyDeleted:
      return {{"110105", "DICOM Study Deleted"}, "D"};
    case AuditEvent::kExport:
      return {{"110106", "Export"}, "R"};
    case AuditEvent::kImport:
      return {{"110107", "Import"}, "C"};
    case AuditEvent::kSecurityAlert:
      return {{"110113", "Security Alert"}, "E", {"110126", "Node Authentication"}};
    case AuditEvent::kRestrictedFunction:
      return {{"110113", "Security Alert"}, "E", {"110132", "Use of Restricted Function"}};
    case AuditEvent::kAccountsChanged:
      return {{"110113", "Security Alert"}, "E", {"110137", "User Security Attributes Changed"}};
    case AuditEvent::kUserAuthentication:
      return {{"110114", "User Authentication"}, "E", {"110122", "Login"}};
    case AuditEvent::kUserLogout:
      return {{"110114", "User Authentication"}, "E", {"110123", "Logout"}};
  }
  throw Error(ErrorCode::kInternal, "an audit event without a form");
}

/// A refused peer is a minor failure: the node was kept safe. Lost data is a serious one.
const char* Outcome(const AuditEntry& entry) {
  if (entry.success) return "0";
  const bool kept_out = entry.event == AuditEvent::kSecurityAlert ||
                        entry.event == AuditEvent::kRestrictedFunction ||
                        entry.event == AuditEvent::kUserAuthentication;
  return kept_out ? "4" : "8";
}

/// Any bytes as text of an XML attribute or element: XML 1.0 has no control characters, no
/// surrogates and no U+FFFE, U+FFFF.
std::string XmlText(std::string_view raw) {
  std::string text = ToDisplayText(raw);
  if (text.size() > kMaxTextBytes) {
    std::size_t end = kMaxTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end) + "...";
  }
  for (const std::string_view none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (auto at = text.find(none); at != std::string::npos; at = text.find(none, at)) {
      text.replace(at, none.size(), "\xEF\xBF\xBD");
    }
  }
  return EscapeHtml(text);
}

std::string Element(const char* name, const Code& code) {
  return fmt::format(R"(<{} csd-code="{}" codeSystemName="{}" originalText="{}"/>)", name,
                     code.value, code.scheme, code.meaning);
}

/// One ActiveParticipant.
struct Participant {
  std::string user, address;
  bool requestor = false;
  Code role{"", ""};
  bool media = false;  ///< a folder in place of a system on the network
};

std::string Element(const Participant& participant, bool address_is_name) {
  std::string xml = fmt::format(R"(<ActiveParticipant UserID="{}" UserIsRequestor="{}")",
                                XmlText(participant.user), participant.requestor);
  if (!participant.address.empty()) {
    xml += fmt::format(R"( NetworkAccessPointID="{}" NetworkAccessPointTypeCode="{}")",
                       XmlText(participant.address), address_is_name ? 1 : 2);
  }
  xml += ">";
  if (*participant.role.value != '\0') xml += Element("RoleIDCode", participant.role);
  if (participant.media) {
    xml += "<MediaIdentifier>" + Element("MediaType", {"110037", "URI"}) + "</MediaIdentifier>";
  }
  return xml + "</ActiveParticipant>";
}

/// Who took part: the node itself, and the other side where there is one.
std::string Participants(const AuditEntry& entry, const std::string& node) {
  Participant self{node, HostName()}, other{entry.peer, entry.address};
  if (other.user.empty()) other.user = entry.address.empty() ? "unknown" : entry.address;
  bool has_other = !entry.peer.empty() || !entry.address.empty();
  const Code source{"110153", "Source Role ID"}, destination{"110152", "Destination Role ID"};
  switch (entry.event) {
    case AuditEvent::kApplicationStart:
    case AuditEvent::kApplicationStop:
      self.role = {"110150", "Application"};
      other.role = {"110151", "Application Launcher"};
      other.requestor = true;
      break;
    case AuditEvent::kInstancesTransferred:
      self.role = entry.peer_is_source ? destination : source;
      other.role = entry.peer_is_source ? source : destination;
      self.requestor = !entry.peer_is_source;
      other.requestor = entry.peer_is_source;
      has_other = true;
      break;
    case AuditEvent::kExport:
    case AuditEvent::kImport:
      self.role = entry.event == AuditEvent::kExport ? source : destination;
      other.role = entry.event == AuditEvent::kExport ? Code{"110154", "Destination Media"}
                                                      : Code{"110155", "Source Media"};
      other.media = true;
      self.requestor = true;
      has_other = true;
      break;
    default:
      other.requestor = true;
      self.requestor = !has_other;
  }
  // The standard lists the source before the destination.
  const std::string own = Element(self, true), its = has_other ? Element(other, false) : "";
  return entry.peer_is_source ? its + own : own + its;
}

std::string StudyObject(const AuditEntry& entry) {
  if (entry.study_uid.empty()) return "";
  std::string classes;
  for (std::size_t i = 0; i < std::min(entry.objects.size(), kMaxClasses); ++i) {
    classes += fmt::format(R"(<SOPClass UID="{}" NumberOfInstances="{}"/>)",
                           XmlText(entry.objects[i].first), entry.objects[i].second);
  }
  if (!classes.empty()) {
    classes = "<ParticipantObjectDescription>" + classes + "</ParticipantObjectDescription>";
  }
  return fmt::format(
      R"(<ParticipantObjectIdentification ParticipantObjectID="{}" ParticipantObjectTypeCode="2" )"
      R"(ParticipantObjectTypeCodeRole="3">{}<ParticipantObjectName/>{})"
      "</ParticipantObjectIdentification>",
      XmlText(entry.study_uid),
      Element("ParticipantObjectIDTypeCode", {"110180", "Study Instance UID"}), classes);
}

std::string PatientObject(const AuditEntry& entry) {
  if (entry.patient_id.empty()) return "";
  return fmt::format(
      R"(<ParticipantObjectIdentification ParticipantObjectID="{}" ParticipantObjectTypeCode="1" )"
      R"(ParticipantObjectTypeCodeRole="1">{}<ParticipantObjectName/>)"
      "</ParticipantObjectIdentification>",
      XmlText(entry.patient_id),
      Element("ParticipantObjectIDTypeCode", {"2", "Patient Number", "RFC-3881"}));
}

}  // namespace

std::string AuditMessage(const AuditEntry& entry, const std::string& node, StoreTime at) {
  const EventForm form = FindEventForm(entry);
  std::string xml = R"(<?xml version="1.0" encoding="UTF-8"?><AuditMessage>)";
  xml += fmt::format(R"(<EventIdentification EventActionCode="{}" EventDateTime="{}" )"
                     R"(EventOutcomeIndicator="{}">)",
                     form.action, ToUtcText(at), Outcome(entry));
  xml += Element("EventID", form.id);
  if (*form.type.value != '\0') xml += Element("EventTypeCode", form.type);
  if (!entry.text.empty()) {
    xml += "<EventOutcomeDescription>" + XmlText(entry.text) + "</EventOutcomeDescription>";
  }
  xml += "</EventIdentification>" + Participants(entry, node);
  xml += fmt::format(
      R"(<AuditSourceIdentification AuditSourceID="{}"><AuditSourceTypeCode csd-code="4"/>)"
      "</AuditSourceIdentification>",
      XmlText(node));
  return xml + StudyObject(entry) + PatientObject(entry) + "</AuditMessage>";
}

void Record(JobStore& store, const AuditEntry& entry, const std::string& node) {
  try {
    AuditRecord record;
    record.event = FindEventForm(entry).id.value;
    record.outcome = Outcome(entry);
    record.message = AuditMessage(entry, node, store.Now());
    store.audit().Append(record);
  } catch (const std::exception& e) {
    spdlog::error("an audit event ({}) could not be kept: {}", FindEventForm(entry).id.meaning,
                  e.what());
  }
}

}  // namespace mhcnn
