#pragma once

#include "mhcnn/service/web/body_intake.h"
#include "mhcnn/service/web/route_access.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// What uploads need. All must outlive the routes.
struct UploadParts {
  BodyIntakeParts intake;  ///< store, object folder and configuration
  RouteAccess access;      ///< who may upload
};

/// Adds `POST /api/v1/uploads` for senders: application/dicom, application/zip, multipart/form-data
/// and multipart/related with such parts. Files and members of zip files go through Intake one
/// after the other, as they come; no more than a piece of the body is in memory. The answer is 200
/// with
/// {"stored": [{"sop_uid", "study_uid", "duplicate", "measured", "reason"}], "failed": [{"name",
/// "problem", "remedy"}]}, or problem details: 400, 409, 413, 415, 422, 503
/// (docs/api/openapi.json).
///
/// A body that breaks off leaves what was whole in the node, and nothing else.
void AddUploadRoutes(Router& router, const UploadParts& parts);

}  // namespace mhcnn
