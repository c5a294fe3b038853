#pragma once

#include "mhcnn/service/dicomweb/object_index.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Returns the address of the DICOMweb services as the client sees it: "https://host/dicom-web". A
/// proxy states by X-Forwarded-Proto that the client uses TLS.
std::string DicomWebAddress(const HttpRequest& request);

/// Answers a search for studies (QIDO-RS, PS3.18 10.6). Where nothing is found, the answer is an
/// empty list and not 204.
HttpResponse SearchStudies(const HttpRequest& request, JobStore& store, ObjectIndex& index);
/// Answers a search for the series of the study that the path names.
HttpResponse SearchSeries(const HttpRequest& request, JobStore& store, ObjectIndex& index);
/// Answers a search for the objects of the study, and of the series where the path names one.
HttpResponse SearchInstances(const HttpRequest& request, JobStore& store, ObjectIndex& index);

}  // namespace mhcnn
