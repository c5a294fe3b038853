#pragma once

#include "mhcnn/service/access/access.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// Parts that the routes of sessions use. All must outlive the routes.
struct SessionContext {
  const ServiceConfig& config;  ///< the configuration
  ThreadStores& stores;         ///< a store for each thread
  const Access& access;         ///< finds the identity of the client
};

/// Adds `POST /api/v1/login`, `POST /api/v1/logout`, `POST /api/v1/password` and
/// `GET /api/v1/session`. docs/api/openapi.json describes them.
void AddSessionRoutes(Router& router, const SessionContext& parts);

}  // namespace mhcnn
