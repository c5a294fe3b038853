#pragma once

#include <filesystem>

#include "mhcnn/service/access/role.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/web/route_access.h"
#include "mhcnn/service/web/router.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// Parts that the JSON API uses. All must outlive the routes.
struct ApiContext {
  const ServiceConfig& config;  ///< the configuration
  const ObjectFolder& folder;   ///< the object folder
  ThreadStores& stores;         ///< a store for each thread
  std::filesystem::path model;  ///< the model's file; empty: this node does not analyse
  RouteAccess access;           ///< access control, and the identity of the client
};

}  // namespace mhcnn
