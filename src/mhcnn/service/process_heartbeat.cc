#include "mhcnn/service/process_heartbeat.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <utility>

#include "mhcnn/base/host_name.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"

namespace mhcnn {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPeriod{10};
/// Time for which a part that ended without a message is shown as not alive.
constexpr std::chrono::hours kKeep{1};

}  // namespace

ProcessHeartbeat::ProcessHeartbeat(const ServiceConfig& config, std::string part)
    : store_(config.store) {
  part_.node = config.name;
  part_.host = HostName();
  part_.part = std::move(part);
  part_.pid = ::getpid();
  part_.version = Version();
}

void ProcessHeartbeat::Tick() {
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + kPeriod;
  try {
    JobStore store(store_);
    store.parts().Seen(part_, kKeep);
    told_ = true;
  } catch (const std::exception& e) {
    spdlog::warn("the job store could not record that {} runs: {}", part_.part,
                 ToDisplayText(e.what()));
  }
}

ProcessHeartbeat::~ProcessHeartbeat() {
  // A child of fork() has a copy; the row is of the parent.
  if (!told_ || ::getpid() != part_.pid) return;
  try {
    JobStore(store_).parts().Ended(part_);
  } catch (const std::exception& e) {
    spdlog::warn("the job store could not record that {} ends: {}", part_.part,
                 ToDisplayText(e.what()));
  }
}

ProcessHeartbeatThread::ProcessHeartbeatThread(const ServiceConfig& config,
                                               const std::string& part) {
  // Signals are for the main thread, whose waiting they end.
  sigset_t all{}, before{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::jthread([config, part](const std::stop_token& stop) {
    ProcessHeartbeat presence(config, part);
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    do {
      presence.Tick();
    } while (!wake.wait_for(lock, stop, kPeriod, [] { return false; }) && !stop.stop_requested());
  });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace mhcnn
