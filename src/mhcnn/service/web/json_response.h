#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Returns an answer of application/json. Bytes that are not UTF-8 are replaced.
HttpResponse JsonResponse(const nlohmann::json& value, int status = 200);

/// Parses the JSON body of a request. Throws HttpError(400) for a text that is not JSON, or that is
/// nested more deeply than ParseJson() allows.
nlohmann::json ParseRequestJson(std::string_view body);

}  // namespace mhcnn
