#pragma once

#include "mhcnn/service/api/api_context.h"
#include "mhcnn/service/api/node_counts.h"

namespace mhcnn {

/// Adds GET /api/v1/exams, /api/v1/counts and /api/v1/exams/{exam}. `counts` must outlive them.
void AddExamRoutes(Router& router, const ApiContext& parts, NodeCounts& counts);

}  // namespace mhcnn
