#include "mhcnn/service/api/api_routes.h"

#include <string>

#include "mhcnn/service/api/openapi_file.h"

namespace mhcnn {

void AddApiRoutes(Router& router, const ApiParts& parts) {
  router.Add(
      {"GET", "/api/v1/openapi.json", HttpThread::kLoop, {}, Answering([](const HttpRequest&) {
         HttpResponse response;
         response.content_type = "application/json";
         response.body = std::string(OpenApiFile());
         return response;
       })});
  static_cast<void>(parts);
}

}  // namespace mhcnn
