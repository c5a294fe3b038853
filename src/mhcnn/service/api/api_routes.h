#pragma once

#include <memory>

#include "mhcnn/service/api/api_context.h"

namespace mhcnn {

/// The routes below /api/v1 that list and show exams, their pictures, pixels and results, the
/// changes (server-sent events), the state of the node and the description of all routes
/// (docs/api/openapi.json). It must outlive the server.
class ApiRoutes {
 public:
  /// Adds the routes.
  ApiRoutes(Router& router, const ApiContext& parts);
  ~ApiRoutes();
  ApiRoutes(const ApiRoutes&) = delete;
  ApiRoutes& operator=(const ApiRoutes&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mhcnn
