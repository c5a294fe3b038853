#pragma once

#include "mhcnn/service/access/access.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// What the routes of sessions need. All must outlive the routes.
struct SessionParts {
  const ServiceConfig& config;  ///< the configuration
  ThreadStores& stores;         ///< a store for each thread
  const Access& access;         ///< who asks
};

/// Adds `POST /api/v1/login`, `POST /api/v1/logout`, `POST /api/v1/password` and
/// `GET /api/v1/session`. docs/api/openapi.json describes them.
void AddSessionRoutes(Router& router, const SessionParts& parts);

}  // namespace mhcnn
