#pragma once

#include <chrono>
#include <functional>

namespace mhcnn {

/// A moment as the job store keeps it: UTC, in milliseconds since 1970.
using StoreTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Function that returns the current time.
using StoreClock = std::function<StoreTime()>;

}  // namespace mhcnn
