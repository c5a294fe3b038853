#pragma once

#include "mhcnn/service/dicomweb/object_index.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Answers the retrieval of a study, a series or an object (WADO-RS, PS3.18 10.4): the files as
/// they are stored, or in Explicit VR Little Endian where the client wants this syntax. The type is
/// multipart/related, or application/dicom for one object. Throws HttpError: 404, 406.
HttpResponse RetrieveObjects(const HttpRequest& request, const std::vector<IndexedObject>& objects,
                             const ObjectIndex& index);

/// Answers with the headers as DICOM JSON, with binary values by their addresses.
HttpResponse RetrieveMetadata(const HttpRequest& request, const std::vector<IndexedObject>& objects,
                              const ObjectIndex& index);

/// Answers with the binary value at a place of the header (DicomJson()).
HttpResponse RetrieveBulkData(const HttpRequest& request, const IndexedObject& object,
                              const ObjectIndex& index, const std::string& place);

/// Answers with frames, by their numbers from 1 with commas between them: as they are stored, or as
/// samples. Throws HttpError: 400, 404, 406.
HttpResponse RetrieveFrames(const HttpRequest& request, const IndexedObject& object,
                            const ObjectIndex& index, const std::string& numbers);

}  // namespace mhcnn
