#pragma once

#include <nlohmann/json.hpp>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Returns an answer of application/json. Text that is no UTF-8 is replaced.
inline HttpResponse JsonResponse(const nlohmann::json& value, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace mhcnn
