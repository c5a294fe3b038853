#pragma once

#include "mhcnn/service/api/api_context.h"
#include "mhcnn/service/api/node_counts.h"

namespace mhcnn {

/// Adds GET /api/v1/status, /api/v1/settings, /api/v1/model and /api/v1/openapi.json. `counts` must
/// outlive them.
void AddNodeRoutes(Router& router, const ApiContext& parts, NodeCounts& counts);

}  // namespace mhcnn
