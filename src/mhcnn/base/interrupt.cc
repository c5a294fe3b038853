#include "mhcnn/base/interrupt.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void OnSignal(int signal_number) {
  // The kernel and the shell may each send a SIGHUP when a terminal is closed.
  if (interrupted && signal_number != SIGHUP) {
    std::signal(signal_number, SIG_DFL);
    std::raise(signal_number);
  }
  interrupted = 1;
}

}  // namespace

void CatchInterrupts() {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  if (std::signal(SIGHUP, OnSignal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);  // nohup
}

bool Interrupted() { return interrupted != 0; }

void SleepUnlessInterrupted(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kStep{100};
  for (std::chrono::milliseconds slept{0}; slept < time && !Interrupted(); slept += kStep)
    std::this_thread::sleep_for(std::min(time, kStep));
}

void ThrowIfInterrupted() {
  if (Interrupted()) throw Error(ErrorCode::kInterrupted, "interrupted");
}

}  // namespace mhcnn
