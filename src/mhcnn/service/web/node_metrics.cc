#include "mhcnn/service/web/node_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <iterator>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "mhcnn/base/version.h"

namespace mhcnn {
namespace {

using Clock = std::chrono::steady_clock;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
constexpr std::chrono::seconds kKept{5};

MetricFamily Gauge(const char* name, const char* help) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void Add(MetricFamily& family, double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

MetricFamily Single(const char* name, const char* help, double value) {
  MetricFamily family = Gauge(name, help);
  Add(family, value);
  return family;
}

std::vector<MetricFamily> StoreFigures(JobStore& store) {
  std::vector<MetricFamily> families;
  MetricFamily exams = Gauge("mhcnn_exams", "Exams in the store by state.");
  const auto counts = store.exams().Counts();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    Add(exams, static_cast<double>(counts[i]),
        {{"state", ExamStateName(static_cast<ExamState>(i))}});
  }
  families.push_back(std::move(exams));
  MetricFamily jobs = Gauge("mhcnn_jobs", "Analyses that wait and analyses that run.");
  const auto [waiting, running] = store.work().Counts();
  Add(jobs, static_cast<double>(waiting), {{"state", "waiting"}});
  Add(jobs, static_cast<double>(running), {{"state", "running"}});
  families.push_back(std::move(jobs));
  const auto oldest = store.work().OldestReadyAge();
  families.push_back(Single("mhcnn_oldest_job_age_seconds",
                            "Age of the oldest analysis that waits for a worker; 0 if none waits.",
                            oldest ? std::chrono::duration<double>(*oldest).count() : 0));
  MetricFamily deliveries =
      Gauge("mhcnn_deliveries", "Results for destinations, by destination and state.");
  for (const auto& count : store.deliveries().Counts()) {
    Add(deliveries, static_cast<double>(count.count),
        {{"destination", count.destination}, {"state", DeliveryStateName(count.state)}});
  }
  families.push_back(std::move(deliveries));
  return families;
}

}  // namespace

struct NodeMetrics::Parts {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("mhcnn_http_requests_total")
          .Help("Requests by route, method and status.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& durations =
      prometheus::BuildHistogram()
          .Name("mhcnn_http_request_duration_seconds")
          .Help("Time from the header of a request to the end of its answer.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& objects =
      prometheus::BuildCounter()
          .Name("mhcnn_stow_objects_total")
          .Help("Objects received by STOW-RS and by uploads since this process started.")
          .Register(registry);
  const std::chrono::system_clock::time_point begin = std::chrono::system_clock::now();
  std::mutex mutex;
  std::vector<MetricFamily> kept;
  Clock::time_point kept_until{};
};

NodeMetrics::NodeMetrics() : parts_(std::make_unique<Parts>()) {
  parts_->objects.Add({{"outcome", "stored"}});
  parts_->objects.Add({{"outcome", "refused"}});
}

NodeMetrics::~NodeMetrics() = default;

void NodeMetrics::Observe(const HttpRecord& record) {
  const std::string route = record.pattern.empty() ? "none" : record.pattern;
  parts_->requests
      .Add({{"route", route}, {"method", record.method}, {"status", std::to_string(record.status)}})
      .Increment();
  static const std::vector<double> kBounds{0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60};
  parts_->durations.Add({{"route", route}}, kBounds)
      .Observe(std::chrono::duration<double>(record.duration).count());
}

void NodeMetrics::CountObject(bool safe) {
  parts_->objects.Add({{"outcome", safe ? "stored" : "refused"}}).Increment();
}

std::string NodeMetrics::Text(const std::function<JobStore&()>& store, const ObjectFolder& folder) {
  std::vector<MetricFamily> families = parts_->registry.Collect();
  {
    const std::lock_guard lock(parts_->mutex);
    if (Clock::now() >= parts_->kept_until) {
      bool up = false;
      parts_->kept.clear();
      try {
        parts_->kept = StoreFigures(store());
        up = true;
      } catch (const std::exception& e) {
        spdlog::error("web: the store does not answer: {}", e.what());
      }
      parts_->kept.push_back(
          Single("mhcnn_store_up", "Whether the store answers (1) or not (0).", up));
      parts_->kept_until = Clock::now() + kKept;
    }
    families.insert(families.end(), parts_->kept.begin(), parts_->kept.end());
  }
  families.push_back(Single("mhcnn_object_folder_free_bytes",
                            "Free space of the file system of the object folder.",
                            static_cast<double>(folder.Free())));
  const auto since = [](auto duration) { return std::chrono::duration<double>(duration).count(); };
  families.push_back(Single("process_start_time_seconds",
                            "When this process began, in seconds since 1970.",
                            since(parts_->begin.time_since_epoch())));
  families.push_back(Single("mhcnn_uptime_seconds", "Time since this process began.",
                            since(std::chrono::system_clock::now() - parts_->begin)));
  MetricFamily build = Gauge("mhcnn_build_info", "The version of the program.");
  Add(build, 1, {{"version", Version()}});
  families.push_back(std::move(build));
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

}  // namespace mhcnn
