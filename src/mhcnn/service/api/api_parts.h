#pragma once

#include <filesystem>
#include <functional>

#include "mhcnn/service/access/role.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/web/route_access.h"
#include "mhcnn/service/web/router.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// Returns the guard that lets in who has at least this role.
using GuardFor = std::function<HttpGuard(Role least)>;

/// What the JSON API needs. All must outlive the routes.
struct ApiParts {
  const ServiceConfig& config;  ///< the configuration
  const ObjectFolder& folder;   ///< the object folder
  ThreadStores& stores;         ///< a store for each thread
  GuardFor guard;               ///< who may do what
  std::filesystem::path model;  ///< the model's file; empty: this node does not analyse
  RouteAccess access = {};      ///< who asks
};

}  // namespace mhcnn
