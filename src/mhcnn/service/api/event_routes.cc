#include "mhcnn/service/api/event_routes.h"

#include <string>

namespace mhcnn {

void AddEventRoutes(Router& router, const ApiParts& parts, EventHub& hub) {
  router.Add({"GET", "/api/v1/events", HttpThread::kWorker, parts.access.GuardFor(Role::kViewer),
              Answering([&hub](const HttpRequest& request) {
                HttpResponse response;
                response.content_type = "text/event-stream";
                // A proxy must not collect events.
                response.fields.emplace_back("X-Accel-Buffering", "no");
                response.channel = hub.Open(std::string(request.Field("last-event-id")));
                return response;
              })});
}

}  // namespace mhcnn
