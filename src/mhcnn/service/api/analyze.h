#pragma once

#include <filesystem>
#include <memory>

#include "mhcnn/service/config.h"
#include "mhcnn/service/web/route_access.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// Parts that the analysis of single images uses. `config` must outlive the routes.
struct AnalyzeContext {
  const ServiceConfig& config;  ///< the configuration: `[web]` and `[work]`
  std::filesystem::path model;  ///< path of the ONNX file; empty: no model
  RouteAccess access;           ///< access control of the routes
};

/// Number of requests that may wait for a measurement; each uses a worker thread of the server.
inline constexpr int kWaitingAnalyses = 2;

/// Adds `POST /api/v1/analyze` for senders: one image as the body (application/dicom, image/png,
/// image/tiff, image/jpeg and others that predict accepts), measured while the client waits. The
/// answer is the same as in results.json of `mhcnn predict` for the file, with `label_map` (base64
/// of a PNG file) where the query asks for `masks=true`. For images that are not DICOM files the
/// query may give `spacing_mm`, `laterality` (L, R) and `view` (CC, MLO, other).
///
/// The model is loaded for the first request. At most web.analyze_at_once images are measured at
/// once, kWaitingAnalyses wait; others get 503 with Retry-After. An image that cannot be measured
/// gets problem details with the message of predict: 413, 415, 422. Nothing is kept.
void AddAnalyzeRoutes(Router& router, const AnalyzeContext& parts);

}  // namespace mhcnn
