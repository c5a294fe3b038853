#include "mhcnn/base/interrupt.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

/// Set within a signal handler and read by all threads: lock-free, thus safe in both.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void OnSignal(int signal_number) {
  // The kernel and the shell may each send a SIGHUP when a terminal is closed.
  if (interrupted && signal_number != SIGHUP) {
    std::signal(signal_number, SIG_DFL);
    std::raise(signal_number);
  }
  interrupted = true;
}

}  // namespace

void CatchInterrupts() {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  if (std::signal(SIGHUP, OnSignal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);  // nohup
}

bool Interrupted() { return interrupted; }

void SleepUnlessInterrupted(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kStep{100};
  for (std::chrono::milliseconds slept{0}; slept < time && !Interrupted(); slept += kStep)
    std::this_thread::sleep_for(std::min(time, kStep));
}

void ThrowIfInterrupted() {
  if (Interrupted()) throw Error(ErrorCode::kInterrupted, "interrupted");
}

}  // namespace mhcnn
