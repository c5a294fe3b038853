#include "mhcnn/service/worker.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <nlohmann/json.hpp>
#include <thread>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/text.h"
#include "mhcnn/batch/measurement_settings.h"
#include "mhcnn/service/exam_analysis.h"
#include "mhcnn/service/node_log.h"
#include "mhcnn/service/readiness.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kPoll{500}, kWaitAfterFailure{5'000};
constexpr std::uint64_t kLittleSpace = std::uint64_t{64} << 20;

/// Prolongs the lease of a job from a thread of its own, with a store of its own, until it goes.
class LeaseKeeper {
 public:
  LeaseKeeper(const ServiceConfig& config, const ExamJob& job)
      : config_(config), job_(job), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

 private:
  void Run(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any wake;
    const auto pause = config_.work.rules.lease / 3;
    while (!wake.wait_for(lock, stop, pause, [] { return false; }) && !stop.stop_requested()) {
      try {
        JobStore store(config_.store);
        if (!store.work().Renew(job_, config_.work.rules)) return;
      } catch (const Error& e) {
        spdlog::warn("the time limit of the worker for exam {} could not be extended: {}",
                     job_.exam.id, e.what());
      }
    }
  }

  const ServiceConfig& config_;
  const ExamJob& job_;
  std::jthread thread_;
};

/// One worker with its model and its store.
class Worker {
 public:
  Worker(const ServiceConfig& config, const std::filesystem::path& model, int number)
      : config_(config),
        name_(fmt::format("{}/work{}/{}", config.name, number, ::getpid())),
        folder_(config.objects),
        settings_{model, "CPU", config.work.calibration, {}},
        analyzer_(MakeAnalyzer(settings_, Threads(config.work))),
        store_(config.store) {
    options_.formats = config.work.formats;
    options_.formats.insert({ResultFormat::kCsv, ResultFormat::kJson});
    options_.settings = ToObjectSettings(ToJson(settings_));
    options_.threads = Threads(config.work);
    options_.attempts = config.work.rules.max_attempts;
    options_.organization = config.name;
    options_.destinations = config.destinations;
  }

  /// Handles one job. Returns how long to wait before the next.
  milliseconds Step() {
    store_.exams().CloseComplete();
    const auto job = store_.work().Claim(name_, config_.work.rules);
    if (!job) return kPoll;
    return Handle(*job);
  }

 private:
  static int Threads(const WorkConfig& work) {
    return work.threads > 0 ? work.threads : std::max(1, AvailableThreads() / work.workers);
  }

  milliseconds Handle(const ExamJob& job) {
    const auto start = std::chrono::steady_clock::now();
    try {
      const LeaseKeeper lease(config_, job);
      const ExamAnalysis analysis = AnalyzeExam(analyzer_, job, folder_, options_);
      Commit(job, analysis, std::chrono::steady_clock::now() - start);
      return milliseconds(0);
    } catch (const Error& e) {
      return GiveUp(job, e);
    } catch (const std::exception& e) {
      return GiveUp(job, Error(ErrorCode::kInternal, e.what()));
    }
  }

  void Commit(const ExamJob& job, const ExamAnalysis& analysis,
              std::chrono::duration<double> seconds) {
    const bool committed =
        analysis.refusal.empty()
            ? store_.work().Finish(job, analysis.summary, analysis.incomplete, analysis.results)
            : store_.work().Refuse(job, analysis.refusal, analysis.results);
    if (!committed) {
      spdlog::warn("exam {} was taken over by another worker; this result is dropped", job.exam.id);
      return;
    }
    spdlog::info("exam {} revision {}: {} of {} images in {:.1f} s", job.exam.id, job.revision,
                 analysis.refusal.empty() ? "measured" : "refused", job.images.size(),
                 seconds.count());
  }

  milliseconds GiveUp(const ExamJob& job, const Error& error) {
    if (error.code() == ErrorCode::kInterrupted) {
      store_.work().Release(job);
      return milliseconds(0);
    }
    spdlog::error("exam {}: {}", job.exam.id, ToDisplayText(error.what()));
    if (error.code() == ErrorCode::kIo && folder_.Free() < kLittleSpace) {
      store_.work().Release(job);  // the machine's fault, not the exam's
      return kWaitAfterFailure;
    }
    store_.work().Fail(job, ErrorText(error), false, config_.work.rules);
    return milliseconds(0);
  }

  const ServiceConfig& config_;
  std::string name_;
  ObjectFolder folder_;
  MeasurementSettings settings_;
  Analyzer analyzer_;
  JobStore store_;
  ExamAnalysisOptions options_;
};

}  // namespace

int RunWorker(const ServiceConfig& config, const std::filesystem::path& model, int number) {
  Worker worker(config, model, number);
  SignalReady();
  while (!Interrupted()) {
    try {
      SleepUnlessInterrupted(worker.Step());
    } catch (const Error& e) {
      spdlog::error("the store does not answer, the next try is in 5 s: {}", e.what());
      SleepUnlessInterrupted(kWaitAfterFailure);
    }
  }
  return 0;
}

}  // namespace mhcnn
