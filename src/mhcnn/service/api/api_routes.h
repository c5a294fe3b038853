#pragma once

#include <filesystem>
#include <functional>

#include "mhcnn/service/access/role.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/web/router.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// Checks whether a client may do what it asks for; throws HttpError.
using HttpGuard = std::function<void(const HttpRequest& request)>;
/// Returns the guard that lets in who has at least this role.
using GuardFor = std::function<HttpGuard(Role least)>;

/// What the JSON API needs. All must outlive the routes.
struct ApiParts {
  const ServiceConfig& config;  ///< the configuration
  const ObjectFolder& folder;   ///< the object folder
  ThreadStores& stores;         ///< a store for each thread
  GuardFor guard;               ///< who may do what
  std::filesystem::path model;  ///< the model's file; empty: this node does not analyse
};

/// Adds the routes below /api/v1 that list and show exams, their pictures, pixels and results, the
/// state of the node and the description of all routes (docs/api/openapi.json).
void AddApiRoutes(Router& router, const ApiParts& parts);

}  // namespace mhcnn
