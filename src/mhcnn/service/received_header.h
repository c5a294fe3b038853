#pragma once

#include <filesystem>

#include "mhcnn/jobs/received_objects.h"

namespace mhcnn {

/// Reads the header of a received file, and sets the use that the node makes of the object. `file`,
/// `digest` and `peer` are left empty. The pixel data are hashed, not decoded.
///
/// - kMeasure: the mammography classes, and images of other classes whose headers state that they
///   show a breast. Raw images too: the analysis decides.
/// - kOwnResult: an object that this program made.
/// - kKeep: all other objects.
///
/// Throws Error(kCorrupt) for a file that cannot be understood, whatever the cause, and for one
/// without a SOP Instance UID, SOP Class UID or Study Instance UID of a valid form. Throws
/// Error(kIo) and Error(kLimit) if the system has too little disk or memory.
ReceivedObject ReadReceivedHeader(const std::filesystem::path& path);

/// Returns whether a text is a UID (PS3.5 9.1): 1 to 64 digits and points, no empty component.
/// Leading zeros, which some archives write, are accepted.
bool IsUid(const std::string& text);

}  // namespace mhcnn
