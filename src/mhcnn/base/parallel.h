#pragma once

#include <cstddef>
#include <functional>

namespace mhcnn {

/// Processors this process may use (respects affinity), at least 1.
int AvailableThreads();

/// Calls fn(i) for i in [0, count) on up to `threads` threads (0: AvailableThreads()). Rethrows the
/// exception of the lowest index after all have stopped; the rest of the indices are then not
/// begun.
void ParallelFor(std::size_t count, int threads, const std::function<void(std::size_t)>& fn);

}  // namespace mhcnn
