#pragma once

#include <filesystem>
#include <memory>

#include "mhcnn/service/config.h"
#include "mhcnn/service/web/route_access.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// What analysing single images needs. `config` must outlive the routes.
struct AnalyzeParts {
  const ServiceConfig& config;  ///< the configuration: `[web]` and `[work]`
  std::filesystem::path model;  ///< the ONNX file; empty: there is none
  RouteAccess access;           ///< who may do it
};

/// Requests that wait beside those that are measured; each takes a worker thread of the server.
inline constexpr int kWaitingAnalyses = 2;

/// Adds `POST /api/v1/analyze` for senders: one image as the body (application/dicom, image/png,
/// image/tiff, image/jpeg and others that predict takes), measured while the client waits. The
/// answer is what results.json of `mhcnn predict` says of the file, with `label_map` (base64 of a
/// PNG file) where the query asks for `masks=true`. Pictures that are no DICOM file take
/// `spacing_mm`, `laterality` (L, R) and `view` (CC, MLO, other).
///
/// The model is loaded for the first request. At most web.analyze_at_once images are measured at
/// once, kWaitingAnalyses wait; others get 503 with Retry-After. An image that cannot be measured
/// gets problem details with the words of predict: 413, 415, 422. Nothing is kept.
void AddAnalyzeRoutes(Router& router, const AnalyzeParts& parts);

}  // namespace mhcnn
