#pragma once

#include <filesystem>

#include "mhcnn/service/access/role.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/web/route_access.h"
#include "mhcnn/service/web/router.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// What the JSON API needs. All must outlive the routes.
struct ApiParts {
  const ServiceConfig& config;  ///< the configuration
  const ObjectFolder& folder;   ///< the object folder
  ThreadStores& stores;         ///< a store for each thread
  std::filesystem::path model;  ///< the model's file; empty: this node does not analyse
  RouteAccess access;           ///< who may do what, and who asks
};

}  // namespace mhcnn
