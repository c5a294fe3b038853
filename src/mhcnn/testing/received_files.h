#pragma once

#include <filesystem>
#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn::testing_support {

/// Returns the bytes of a DICOM mammogram with this SOP and Study Instance UID.
inline std::string MammogramBytes(const std::string& uid, const std::string& study = "1.2") {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", [&](DcmDataset& d) {
    Set(DCM_SOPInstanceUID, uid)(d);
    Set(DCM_StudyInstanceUID, study)(d);
  });
  return ReadTextFile(folder / "a.dcm");
}

/// Returns whether an object folder has no file that is still being received.
inline bool IncomingIsEmpty(const std::filesystem::path& object_folder) {
  const std::filesystem::path incoming = object_folder / "incoming";
  return !std::filesystem::exists(incoming) || std::filesystem::is_empty(incoming);
}

}  // namespace mhcnn::testing_support
