#pragma once

#include <chrono>
#include <functional>

namespace mhcnn {

/// A moment as the job store keeps it: UTC, in milliseconds since 1970.
using StoreTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// What says how late it is.
using StoreClock = std::function<StoreTime()>;

}  // namespace mhcnn
