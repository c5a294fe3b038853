#include "mhcnn/service/part_presence.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <utility>

#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"

namespace mhcnn {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPeriod{10};
/// For so long a part that ended without a word is shown as not alive.
constexpr std::chrono::hours kKeep{1};

std::string HostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return ShownText(name.data());
}

}  // namespace

PartPresence::PartPresence(const ServiceConfig& config, std::string part) : store_(config.store) {
  part_.node = config.name;
  part_.host = HostName();
  part_.part = std::move(part);
  part_.pid = ::getpid();
  part_.version = Version();
}

void PartPresence::Tick() {
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + kPeriod;
  try {
    JobStore store(store_);
    store.parts().Seen(part_, kKeep);
    told_ = true;
  } catch (const std::exception& e) {
    spdlog::warn("the job store could not record that {} runs: {}", part_.part,
                 ShownText(e.what()));
  }
}

PartPresence::~PartPresence() {
  // A child of fork() has a copy; the row is of the parent.
  if (!told_ || ::getpid() != part_.pid) return;
  try {
    JobStore(store_).parts().Ended(part_);
  } catch (const std::exception& e) {
    spdlog::warn("the job store could not record that {} ends: {}", part_.part,
                 ShownText(e.what()));
  }
}

PartPresenceThread::PartPresenceThread(const ServiceConfig& config, const std::string& part) {
  // Signals are for the main thread, whose waiting they end.
  sigset_t all{}, before{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::jthread([config, part](const std::stop_token& stop) {
    PartPresence presence(config, part);
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
