#pragma once

#include "mhcnn/service/api/api_context.h"

namespace mhcnn {

/// Adds POST /api/v1/exams/{exam}/retry and /cancel.
void AddControlRoutes(Router& router, const ApiContext& parts);

}  // namespace mhcnn
