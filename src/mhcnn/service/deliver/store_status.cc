#include "mhcnn/service/deliver/store_status.h"

#include <fmt/format.h>

namespace mhcnn {
namespace {

struct Meaning {
  SendResult result;
  const char* text;
};

Meaning FindStatusMeaning(std::uint16_t status) {
  switch (status) {
    case 0x0110:
      return {SendResult::kTransient, "it could not process the object"};
    case 0x0111:
      return {
          SendResult::kPermanent,
          "it already has an object with this UID and does not accept another; compare the two"};
    case 0x0117:
      return {SendResult::kPermanent, "it says that the UID of the object is not valid"};
    case 0x0119:
      return {SendResult::kPermanent,
              "it found that the class and the UID of the object do not match"};
    case 0x0122:
      return {SendResult::kPermanent,
              "it does not support this SOP class; allow it there, or leave the format out of "
              "formats of the destination"};
    case 0x0124:
      return {SendResult::kPermanent, "this node may not store there; allow its AE title there"};
    case 0x0213:
      return {SendResult::kTransient, "it has no resources left"};
    default:
      break;
  }
  switch (status & 0xFF00) {
    case 0xA700:
      return {SendResult::kTransient, "it has no space or memory left"};
    case 0xA800:
      return {SendResult::kPermanent, "it does not support this SOP class"};
    case 0xA900:
      return {SendResult::kPermanent, "it found that the object does not match its SOP class"};
    default:
      break;
  }
  if ((status & 0xF000) == 0xC000) {
    return {SendResult::kPermanent, "it cannot understand the object"};
  }
  if ((status & 0xFF00) == 0x0100 || (status & 0xFF00) == 0x0200) {
    return {SendResult::kPermanent, "it refused the request"};
  }
  return {SendResult::kTransient, "it failed"};
}

}  // namespace

bool IsStoredStatus(std::uint16_t status) { return status == 0 || (status & 0xF000) == 0xB000; }

SendOutcome ToStoreOutcome(std::uint16_t status, bool sent_before) {
  const bool has_it = sent_before && status == 0x0111;
  if (IsStoredStatus(status) || has_it) return {SendResult::kStored, ""};
  const Meaning meaning = FindStatusMeaning(status);
  return {meaning.result,
          fmt::format("the destination answered status {:04X}: {}", status, meaning.text)};
}

}  // namespace mhcnn
