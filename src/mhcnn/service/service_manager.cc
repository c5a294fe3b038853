#include "mhcnn/service/service_manager.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include <cstdint>

namespace mhcnn {

ServiceManager::ServiceManager() {
  std::uint64_t microseconds = 0;
  // Three times as often as the watchdog asks: one late ping ends nothing.
  if (::sd_watchdog_enabled(0, &microseconds) > 0) {
    interval_ = std::chrono::microseconds(microseconds / 3);
  }
}

void ServiceManager::Ready() { ::sd_notify(0, "READY=1\nSTATUS=running"); }

void ServiceManager::Reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::uint64_t microseconds =
      static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
  ::sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reading the configuration",
                             microseconds)
                     .c_str());
}

void ServiceManager::Stopping() { ::sd_notify(0, "STOPPING=1\nSTATUS=stopping"); }

void ServiceManager::Ping() {
  if (interval_.count() == 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + interval_;
  ::sd_notify(0, "WATCHDOG=1");
}

}  // namespace mhcnn
