#pragma once

#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/web/route_access.h"
#include "mhcnn/service/web/router.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// Parts that DICOMweb uses. All must outlive the routes.
struct DicomWebContext {
  const ObjectFolder& folder;  ///< the object folder
  ThreadStores& stores;        ///< a store for each thread
  RouteAccess access;          ///< access control, and the audit of views
};

/// Adds searches and retrievals of DICOMweb (PS3.18) below /dicom-web for viewers: QIDO-RS of
/// studies, series and objects; WADO-RS of studies, series, objects, metadata, binary values,
/// frames, rendered pictures and thumbnails. The objects are those received and the newest results
/// (docs/dicomweb.md).
void AddDicomWebRoutes(Router& router, const DicomWebContext& parts);

}  // namespace mhcnn
