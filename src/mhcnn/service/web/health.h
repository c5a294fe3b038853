#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "mhcnn/service/config.h"
#include "mhcnn/service/intake.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Returns the answer of /health/live, which shows that the process answers.
HttpResponse LiveResponse();
/// Returns the answer of /health/ready: 200 where the store answers, the object folder has room and
/// the model file can be read, else 503. The answer states which is wrong; the log has the reason.
/// An empty `model` is not checked.
HttpResponse ReadyResponse(const std::function<JobStore&()>& store, const ObjectFolder& folder,
                           const ServiceConfig& config, const std::filesystem::path& model);

}  // namespace mhcnn
