#pragma once

#include "mhcnn/service/api/api_context.h"

namespace mhcnn {

/// Adds GET /api/v1/exams/{exam}/results, the list or with ?format= the newest files of one kind
/// (several of them as a zip file), and GET /api/v1/exams/{exam}/results/{id}.
void AddResultRoutes(Router& router, const ApiContext& parts);

}  // namespace mhcnn
