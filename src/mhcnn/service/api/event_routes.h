#pragma once

#include "mhcnn/service/api/api_parts.h"
#include "mhcnn/service/api/event_hub.h"

namespace mhcnn {

/// Adds GET /api/v1/events. `hub` must outlive it.
void AddEventRoutes(Router& router, const ApiParts& parts, EventHub& hub);

}  // namespace mhcnn
