#pragma once

#include "mhcnn/service/api/api_parts.h"

namespace mhcnn {

/// Adds POST /api/v1/exams/{exam}/retry and /cancel.
void AddControlRoutes(Router& router, const ApiParts& parts);

}  // namespace mhcnn
