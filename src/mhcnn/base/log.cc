#include "mhcnn/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <mutex>
#include <set>

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

void WarnRenamed(const std::string& old_name, const std::string& new_name) {
  static std::mutex mutex;
  static std::set<std::string> warned;
  const std::lock_guard lock(mutex);
  if (!warned.insert(old_name).second) return;
  spdlog::warn("{} is now called {}; the old name is read in this release only", old_name,
               new_name);
}

}  // namespace mhcnn
