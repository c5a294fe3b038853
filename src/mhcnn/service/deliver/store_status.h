#pragma once

#include <cstdint>

#include "mhcnn/service/deliver/sender.h"

namespace mhcnn {

/// Returns whether a status means that the object is stored: 0000 and the warnings Bxxx.
bool IsStoredStatus(std::uint16_t status);

/// Returns the outcome that a C-STORE status (PS3.4 table B.2-1, PS3.7 9.1.1.1.9) or the failure
/// reason of a STOW-RS answer (PS3.18 table I.2-2) means. Stored: 0000 and the warnings Bxxx alone.
/// Transient: no resources (A7xx, 0213), processing failure (0110) and each status that the
/// standard does not name. Permanent: each status that concerns the object or the settings of the
/// two sides (A8xx, A9xx, Cxxx, 0122, 0124 and the other refusals). 0111, the destination has an
/// object of this UID, means stored where the object may have been `sent_before`: UIDs are made
/// from the content, so it is the same object. Else 0111 is permanent.
SendOutcome ToStoreOutcome(std::uint16_t status, bool sent_before);

}  // namespace mhcnn
