#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Reads a field Accept: its media ranges with their parameters, in their order, without those of
/// quality 0. Commas within quotes part nothing. An absent field is "*/*". Throws HttpError(400).
std::vector<MediaType> AcceptedTypes(std::string_view accept);

/// A range of DICOMweb: what is wanted, and whether as parts of multipart/related.
struct WantedType {
  bool multipart = false;       ///< multipart/related
  std::string type;             ///< "application/dicom", "*/*", ...
  std::string transfer_syntax;  ///< a UID, "*", or "" where none is named
};
/// Returns what the ranges want. "*/*" wants any type, as parts.
std::vector<WantedType> WantedTypes(std::string_view accept);

}  // namespace mhcnn
