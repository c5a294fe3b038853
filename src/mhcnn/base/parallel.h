#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace mhcnn {

/// Returns the number of processors that this process may use, at least 1: those of its affinity,
/// and no more than the quota of its control group (of a container's limit) allows.
int AvailableThreads();

/// Returns the number of processors of a control group's quota, rounded up: `cpu_max` is the
/// content of its file cpu.max ("400000 100000"). Nothing where there is no quota ("max 100000").
std::optional<int> ThreadsFromQuota(const std::string& cpu_max);

/// Calls fn(i) for i in [0, count) on up to `threads` threads (0: AvailableThreads()). Rethrows the
/// exception of the lowest index after all have stopped; the rest of the indices are then not
/// begun.
void ParallelFor(std::size_t count, int threads, const std::function<void(std::size_t)>& fn);

}  // namespace mhcnn
