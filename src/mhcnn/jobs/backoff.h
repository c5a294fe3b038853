#pragma once

#include <chrono>

namespace mhcnn {

/// Returns the time until the next try after `failures` failures (1 or more): `first`, doubled for
/// each further failure, at most `longest`; and up to a quarter more at random, so that what failed
/// together is not tried together.
std::chrono::milliseconds Backoff(int failures, std::chrono::milliseconds first,
                                  std::chrono::milliseconds longest);

}  // namespace mhcnn
