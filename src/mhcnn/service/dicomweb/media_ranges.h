#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Reads a field Accept: its media ranges with their parameters, in their order, without those of
/// quality 0. Commas in quotes do not separate. An absent field is "*/*". Throws HttpError(400).
std::vector<MediaType> ParseAcceptField(std::string_view accept);

/// Media range of DICOMweb: the type, and whether as parts of multipart/related.
struct AcceptedMediaType {
  bool multipart = false;       ///< whether as parts of multipart/related
  std::string type;             ///< "application/dicom", "*/*", ...
  std::string transfer_syntax;  ///< a UID, "*", or "" where none is named
};
/// Reads a field Accept and returns its types for DICOMweb. "*/*" accepts any type, as parts.
std::vector<AcceptedMediaType> ParseAcceptedMediaTypes(std::string_view accept);

}  // namespace mhcnn
