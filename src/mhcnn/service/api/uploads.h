#pragma once

#include "mhcnn/service/web/body_intake.h"
#include "mhcnn/service/web/route_access.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// Parts that uploads use. All must outlive the routes.
struct UploadContext {
  BodyIntakeContext intake;  ///< store, object folder and configuration
  RouteAccess access;        ///< access control of uploads
};

/// Adds `POST /api/v1/uploads` for senders: application/dicom, application/zip, multipart/form-data
/// and multipart/related with such parts. Files and members of zip files are given to Intake one
/// after the other, as they arrive; only a piece of the body is in memory at a time. The answer is
/// 200 with
/// {"stored": [{"sop_uid", "study_uid", "duplicate", "measured", "reason"}], "failed": [{"name",
/// "problem", "remedy"}]}, or problem details: 400, 409, 413, 415, 422, 503
/// (docs/api/openapi.json).
///
/// The complete objects of a body that breaks off stay in the node, and nothing else.
void AddUploadRoutes(Router& router, const UploadContext& parts);

}  // namespace mhcnn
