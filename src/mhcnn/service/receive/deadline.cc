#include "mhcnn/service/receive/deadline.h"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>

namespace mhcnn {
namespace {

// Ends the process as kill -9 would: committed data stay, other data are lost.
void OnAlarm(int) { ::_exit(kDeadlineStatus); }

void SetTimer(std::chrono::milliseconds time) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(time.count() / 1000);
  timer.it_value.tv_usec = static_cast<suseconds_t>(time.count() % 1000 * 1000);
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

Deadline::Deadline(std::chrono::milliseconds time) {
  std::signal(SIGALRM, OnAlarm);
  SetTimer(time > std::chrono::milliseconds(0) ? time : std::chrono::milliseconds(1));
}

Deadline::~Deadline() { SetTimer(std::chrono::milliseconds(0)); }

}  // namespace mhcnn
