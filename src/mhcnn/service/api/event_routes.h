#pragma once

#include "mhcnn/service/api/api_context.h"
#include "mhcnn/service/api/event_hub.h"

namespace mhcnn {

/// Adds GET /api/v1/events. `hub` must outlive it.
void AddEventRoutes(Router& router, const ApiContext& parts, EventHub& hub);

}  // namespace mhcnn
