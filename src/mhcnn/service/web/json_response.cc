#include "mhcnn/service/web/json_response.h"

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/json.h"

namespace mhcnn {

HttpResponse JsonResponse(const nlohmann::json& value, int status) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

nlohmann::json ParseRequestJson(std::string_view body) {
  try {
    return ParseJson(body);
  } catch (const Error&) {
    throw HttpError(400, "the body is not JSON");
  }
}

}  // namespace mhcnn
