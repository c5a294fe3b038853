#pragma once

#include "mhcnn/service/api/api_routes.h"

namespace mhcnn {

/// Parts that the routes of corrections use. All must outlive the routes.
struct CorrectionContext {
  const ServiceConfig& config;  ///< the configuration
  ThreadStores& stores;         ///< a store for each thread
  RouteAccess access;           ///< access control; the client is the author of a correction
};

/// Adds the routes of corrections:
///
/// - GET /api/v1/exams/{exam}/corrections (viewer): {"corrections": [Correction]}, oldest first;
/// - POST there (reader): {"revision", "version", "category", "percent", "comment"}; 201 with the
///   Correction, 409 where revision or version is not the newest, the exam is not measured or its
///   images are gone, 422 for values out of range;
/// - GET /api/v1/corrections?since=&after=&limit= (reader): of each exam the newest, JSON, or with
///   "Accept: text/csv" the manifest of `mhcnn calibrate`, whose images are named
///   SOP-INSTANCE-UID.dcm. The address of a next page is in the field Link and in "next".
///
/// Each change and each reading of all corrections is audited; the guard audits who reads the
/// corrections of one exam.
void AddCorrectionRoutes(Router& router, const CorrectionContext& parts);

}  // namespace mhcnn
