#include "mhcnn/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

namespace mhcnn {

void InitLogging(int verbosity) {
  auto logger = std::make_shared<spdlog::logger>(
      "mhcnn", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_pattern("%^%l%$: %v");
  logger->set_level(verbosity < 0    ? spdlog::level::err
                    : verbosity == 0 ? spdlog::level::warn
                    : verbosity == 1 ? spdlog::level::info
                                     : spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace mhcnn
