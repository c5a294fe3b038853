#include "mhcnn/service/api/event_routes.h"

#include <functional>
#include <string>
#include <utility>

namespace mhcnn {

void AddEventRoutes(Router& router, const ApiContext& parts, EventHub& hub) {
  router.Add({"GET", "/api/v1/events", HttpThread::kWorker, parts.access.GuardFor(Role::kViewer),
              MakeHandler([&hub, access = parts.access](const HttpRequest& request) {
                HttpResponse response;
                response.content_type = "text/event-stream";
                // A proxy must not collect events.
                response.fields.emplace_back("X-Accel-Buffering", "no");
                std::function<bool()> goes_on;
                if (access.goes_on) {
                  goes_on = [goes_on = access.goes_on, request] { return goes_on(request); };
                }
                response.channel =
                    hub.Open(std::string(request.Field("last-event-id")), std::move(goes_on));
                return response;
              })});
}

}  // namespace mhcnn
