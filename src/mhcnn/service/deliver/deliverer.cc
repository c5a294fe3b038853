#include "mhcnn/service/deliver/deliverer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/host_name.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/deliver/delivery_batch.h"
#include "mhcnn/service/node_log.h"
#include "mhcnn/service/process_heartbeat.h"
#include "mhcnn/service/readiness.h"

namespace mhcnn {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::atomic<bool> child_stops = false;
void StopChild(int) { child_stops = true; }

/// Process that works for one destination.
struct Child {
  pid_t pid = 0;
  std::vector<Delivery> batch;  ///< empty: it asks for storage commitment alone
  Clock::time_point renew_at;
};

/// Deliveries that a killed or crashed child did not finish.
struct UnfinishedBatch {
  std::vector<Delivery> batch;
  std::string text;
  bool all_failed = true;  ///< false: the first one made it crash, the others were not tried
};

/// State of one destination.
struct DestinationState {
  const DestinationConfig* destination = nullptr;
  std::optional<Child> child;
  std::optional<UnfinishedBatch> leftover;
  Clock::time_point ask_after{};  ///< no storage commitment before
  milliseconds ask_delay{0};
  std::set<std::int64_t> crashed;  ///< deliveries that made a child crash: they are sent last
};

std::string SenderName(const ServiceConfig& config) {
  return fmt::format("{}/{}/{}", config.name, HostName(), ::getpid());
}

/// Makes the end of a child wake Wait(), during its lifetime.
class ChildSignal {
 public:
  ChildSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &signals_, &before_);
  }
  ~ChildSignal() { RestoreMask(); }
  ChildSignal(const ChildSignal&) = delete;
  ChildSignal& operator=(const ChildSignal&) = delete;

  void RestoreMask() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  /// Waits until a child ends, a signal is caught or the time is over.
  void Wait(milliseconds time) const {
    const timespec limit{time.count() / 1000, (time.count() % 1000) * 1'000'000};
    ::sigtimedwait(&signals_, nullptr, &limit);
  }

 private:
  sigset_t signals_{}, before_{};
};

class Deliverer {
 public:
  Deliverer(const ServiceConfig& config, const DelivererOptions& options)
      : config_(config), options_(options), sender_(SenderName(config)) {
    for (const auto& destination : config.destinations) {
      lanes_.emplace_back().destination = &destination;
    }
  }

  int Run() {
    bool told = false;
    while (true) {
      if (options_.sends_heartbeat) presence_.Tick();
      Reap();
      if (Interrupted() && !told) {
        for (const auto& lane : lanes_) {
          if (lane.child) ::kill(lane.child->pid, SIGTERM);
        }
        told = true;
      }
      const milliseconds wait = Tick();
      const bool idle =
          std::none_of(lanes_.begin(), lanes_.end(),
                       [](const DestinationState& lane) { return lane.child.has_value(); });
      if (idle && !unsettled_ && (Interrupted() || (options_.once && nothing_due_))) return 0;
      if (idle && Interrupted()) return 0;  // the store does not answer; the leases expire
      signal_.Wait(wait);
    }
  }

 private:
  /// Handles the children that have ended.
  void Reap() {
    for (auto& lane : lanes_) {
      if (!lane.child) continue;
      int status = 0;
      if (::waitpid(lane.child->pid, &status, WNOHANG) != lane.child->pid) continue;
      const Child child = std::move(*lane.child);
      lane.child.reset();
      if (WIFSIGNALED(status)) {
        Killed(lane, child, WTERMSIG(status));
      } else {
        const bool refused = WEXITSTATUS(status) == static_cast<int>(BatchEnd::kCommitmentFailed);
        const DeliveryRules& rules = lane.destination->rules;
        lane.ask_delay = refused ? std::clamp(2 * lane.ask_delay, rules.first_delay,
                                              std::max(rules.first_delay, rules.longest_delay))
                                 : milliseconds(0);
        lane.ask_after = Clock::now() + lane.ask_delay;
      }
    }
  }

  static void Killed(DestinationState& lane, const Child& child, int signal_number) {
    const std::string name = ToDisplayText(lane.destination->name);
    lane.ask_delay = lane.destination->rules.first_delay;
    lane.ask_after = Clock::now() + lane.ask_delay;
    UnfinishedBatch leftover{child.batch, "", true};
    if (signal_number == SIGALRM) {
      leftover.text = "the destination did not answer in time; the connection was closed";
    } else {
      leftover.text = fmt::format("the sending process was ended by signal {}", signal_number);
      leftover.all_failed = signal_number == SIGKILL || signal_number == SIGTERM;
    }
    spdlog::warn("delivery to '{}': {}", name, leftover.text);
    if (!child.batch.empty()) lane.leftover = std::move(leftover);
  }

  /// Queries the store, and closes it before any child is made. Returns how long to wait.
  milliseconds Tick() {
    std::vector<std::pair<DestinationState*, std::vector<Delivery>>> claimed;
    milliseconds wait = options_.poll;
    try {
      JobStore store(config_.store);
      unsettled_ = true;
      for (auto& lane : lanes_) Settle(store, lane);
      unsettled_ = false;
      for (auto& lane : lanes_) Renew(store, lane);
      if (Interrupted()) return std::min(wait, milliseconds(200));
      WarnAboutRemovedDestinations(store);
      for (auto& lane : lanes_) {
        if (lane.child) continue;
        auto batch =
            store.deliveries().Claim(lane.destination->name, sender_, lane.destination->rules);
        std::stable_partition(batch.begin(), batch.end(), [&lane](const Delivery& delivery) {
          return !lane.crashed.contains(delivery.id);
        });
        if (!batch.empty() || CommitmentDue(store, lane)) {
          claimed.emplace_back(&lane, std::move(batch));
        } else if (const auto next = store.deliveries().NextTry(lane.destination->name)) {
          wait = std::clamp(std::chrono::duration_cast<milliseconds>(*next - store.Now()),
                            milliseconds(20), wait);
        }
      }
      said_store_fails_ = false;
      SignalReady();
    } catch (const std::exception& e) {
      // Deliveries that were claimed already are sent.
      if (!said_store_fails_) spdlog::error("delivery waits for the store: {}", e.what());
      said_store_fails_ = true;
    }
    nothing_due_ = claimed.empty() && !said_store_fails_;
    for (auto& [lane, batch] : claimed) Start(*lane, std::move(batch));
    return wait;
  }

  /// Records the deliveries that killed children left. Deliveries with an outcome are not held any
  /// more, so nothing is changed for them.
  static void Settle(JobStore& store, DestinationState& lane) {
    if (!lane.leftover) return;
    bool failed_one = false;
    std::vector<Delivery> untried;
    for (const auto& delivery : lane.leftover->batch) {
      if (failed_one && !lane.leftover->all_failed) {
        untried.push_back(delivery);
      } else if (store.deliveries().Failed(delivery, lane.leftover->text, false,
                                           lane.destination->rules)) {
        failed_one = true;
        if (!lane.leftover->all_failed) lane.crashed.insert(delivery.id);
      }
    }
    if (!untried.empty()) store.deliveries().Release(untried);
    lane.leftover.reset();
  }

  /// Prolongs the leases of a child that is sending, so that a large object may need a long
  /// time.
  static void Renew(JobStore& store, DestinationState& lane) {
    if (!lane.child || lane.child->batch.empty() || Clock::now() < lane.child->renew_at) return;
    store.deliveries().Renew(lane.child->batch, lane.destination->rules);
    lane.child->renew_at = Clock::now() + lane.destination->rules.lease / 3;
  }

  static bool CommitmentDue(JobStore& store, const DestinationState& lane) {
    const DestinationConfig& destination = *lane.destination;
    return destination.kind == DestinationConfig::Kind::kDicom && destination.commitment &&
           Clock::now() >= lane.ask_after &&
           !store.commitments()
                .ListDueForCommitment(destination.name, destination.commitment_patience,
                                      destination.rules.give_up)
                .empty();
  }

  void WarnAboutRemovedDestinations(JobStore& store) {
    for (const auto& count : store.deliveries().Counts()) {
      const bool waits =
          count.state == DeliveryState::kQueued || count.state == DeliveryState::kSending;
      const bool known =
          std::any_of(lanes_.begin(), lanes_.end(), [&](const DestinationState& lane) {
            return lane.destination->name == count.destination;
          });
      if (count.count == 0 || !waits || known || !removed_.insert(count.destination).second) {
        continue;
      }
      spdlog::warn(
          "results wait for the destination '{}', which is no longer configured: configure it "
          "again, or cancel their exams (mhcnn jobs cancel)",
          ToDisplayText(count.destination));
    }
  }

  void Start(DestinationState& lane, std::vector<Delivery> batch) {
    const DestinationConfig& destination = *lane.destination;
    std::fflush(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) {
      spdlog::error("delivery to '{}': no process could be started: {}",
                    ToDisplayText(destination.name), std::strerror(errno));
      lane.leftover = UnfinishedBatch{std::move(batch), "no process could be started", true};
      return;
    }
    if (pid == 0) RunChild(destination, batch, parent);
    lane.child = Child{pid, std::move(batch), Clock::now() + destination.rules.lease / 3};
  }

  [[noreturn]] void RunChild(const DestinationConfig& destination,
                             const std::vector<Delivery>& batch, pid_t parent) {
    child_stops = false;
    std::signal(SIGTERM, StopChild);
    std::signal(SIGINT, StopChild);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGALRM, SIG_DFL);
    signal_.RestoreMask();
    InitNodeLogging("deliver", config_.log_level);
    // If the deliverer is killed, nobody prolongs the leases: finish one object and stop.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) child_stops = true;
    const auto stop = [] { return child_stops.load(); };
    const BatchEnd end = batch.empty() ? AskDueCommitments(config_, destination, stop)
                                       : DeliverBatch(config_, destination, batch, stop);
    std::fflush(nullptr);
    ::_exit(static_cast<int>(end));
  }

  const ServiceConfig& config_;
  DelivererOptions options_;
  ProcessHeartbeat presence_{config_, "deliver"};
  std::string sender_;
  ChildSignal signal_;
  std::vector<DestinationState> lanes_;
  std::set<std::string> removed_;
  bool unsettled_ = false, nothing_due_ = false, said_store_fails_ = false;
};

}  // namespace

void DelivererOptions::Check() const { CheckAtLeast("poll", static_cast<double>(poll.count()), 1); }

int RunDeliverer(const ServiceConfig& config, const DelivererOptions& options) {
  options.Check();
  InitDcmtk();  // reads the data dictionary, which each child would read again
  return Deliverer(config, options).Run();
}

}  // namespace mhcnn
