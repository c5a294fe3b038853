#include "mhcnn/service/receive/part10_head.h"

#include "mhcnn/base/version.h"
#include "mhcnn/dicom/uid.h"

namespace mhcnn {
namespace {

void PutNumber(std::vector<std::uint8_t>& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// Appends an element of group 0002 of a VR with a 16-bit length; odd values are padded.
void PutText(std::vector<std::uint8_t>& out, std::uint16_t element, const char* vr,
             std::string value, char padding) {
  if (value.size() % 2 != 0) value += padding;
  PutNumber(out, 0x0002, 2);
  PutNumber(out, element, 2);
  out.insert(out.end(), vr, vr + 2);
  PutNumber(out, static_cast<std::uint32_t>(value.size()), 2);
  out.insert(out.end(), value.begin(), value.end());
}

}  // namespace

std::string ImplementationVersionName() {
  return ("MHCNN_" + std::string(Version())).substr(0, 16);
}

std::vector<std::uint8_t> MakePart10Head(const std::string& sop_class_uid,
                                         const std::string& sop_uid,
                                         const std::string& transfer_syntax_uid) {
  std::vector<std::uint8_t> group;
  // File Meta Information Version, OB: 00 01.
  for (const std::uint8_t byte : {2, 0, 1, 0, int{'O'}, int{'B'}, 0, 0, 2, 0, 0, 0, 0, 1}) {
    group.push_back(byte);
  }
  PutText(group, 0x0002, "UI", sop_class_uid, '\0');
  PutText(group, 0x0003, "UI", sop_uid, '\0');
  PutText(group, 0x0010, "UI", transfer_syntax_uid, '\0');
  PutText(group, 0x0012, "UI", kImplementationClassUid, '\0');
  PutText(group, 0x0013, "SH", ImplementationVersionName(), ' ');

  std::vector<std::uint8_t> head(128, 0);
  for (const char c : {'D', 'I', 'C', 'M'}) head.push_back(static_cast<std::uint8_t>(c));
  for (const std::uint8_t byte : {2, 0, 0, 0, int{'U'}, int{'L'}, 4, 0}) head.push_back(byte);
  PutNumber(head, static_cast<std::uint32_t>(group.size()), 4);
  head.insert(head.end(), group.begin(), group.end());
  return head;
}

}  // namespace mhcnn
