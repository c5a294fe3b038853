#pragma once

#include "mhcnn/service/api/api_context.h"

namespace mhcnn {

/// Adds GET /api/v1/exams/{exam}/pictures/{file}: `{key}.jpg`, `{key}-small.jpg` and `{key}.json`
/// as the worker wrote them (page/page_picture.h).
void AddPictureRoutes(Router& router, const ApiContext& parts);

}  // namespace mhcnn
