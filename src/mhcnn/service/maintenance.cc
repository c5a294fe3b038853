#include "mhcnn/service/maintenance.h"

#include <spdlog/spdlog.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/service/audit.h"
#include "mhcnn/service/readiness.h"
#include "mhcnn/service/syslog_export.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
constexpr std::size_t kAtOnce = 500;
constexpr std::chrono::minutes kPause{1};
constexpr milliseconds kExportPause{1'000};

int Remove(JobStore& store, const ObjectFolder& folder, StoreTime before) {
  const auto files = store.retention().Expired(before, static_cast<int>(kAtOnce));
  for (const auto& file : files) folder.Remove(file);
  if (!files.empty()) store.retention().Removed(files);
  return static_cast<int>(files.size());
}

/// Age of orphans: longer than a worker needs between a file and its row.
constexpr std::chrono::hours kOrphanAge{24};

}  // namespace

int RemoveOrphans(JobStore& store, const ObjectFolder& folder) {
  // Leaves out received/: a file there can get its row at any moment, when its object comes again.
  int removed = 0;
  std::vector<std::filesystem::path> files;
  const auto sweep = [&] {
    for (const auto& file : store.retention().Unknown(files)) {
      folder.Remove(file);
      ++removed;
    }
    files.clear();
  };
  folder.ForEachResult(kOrphanAge, [&](const std::filesystem::path& file) {
    files.push_back(file);
    if (files.size() == kAtOnce) sweep();
    return !Interrupted();
  });
  sweep();
  return removed;
}

int RemoveExpired(JobStore& store, const ObjectFolder& folder, const ServiceConfig& config) {
  const auto& rules = config.retention;
  int removed = 0;
  const StoreTime expired = store.Now() - std::chrono::days(rules.images_days);
  while (const int count = Remove(store, folder, expired)) {
    removed += count;
    if (Interrupted()) return removed;
  }
  // Over the quota, what ended goes before its time, the oldest first.
  while (rules.max_bytes > 0 && store.retention().Bytes() > rules.max_bytes && !Interrupted()) {
    const int count = Remove(store, folder, store.Now());
    if (count == 0) break;
    removed += count;
  }
  return removed;
}

int RunMaintenance(const ServiceConfig& config) {
  const ObjectFolder folder(config.objects);
  JobStore store(config.store);
  SyslogExport syslog(config);
  SignalReady();
  auto next = steady_clock::now(), next_orphans = next;
  while (!Interrupted()) {
    try {
      if (steady_clock::now() >= next) {
        next = steady_clock::now() + kPause;
        folder.RemoveStale();
        const int removed = RemoveExpired(store, folder, config);
        if (removed > 0) spdlog::info("{} files were removed by the retention", removed);
        if (steady_clock::now() >= next_orphans) {
          next_orphans = steady_clock::now() + kOrphanAge;
          const int orphans = RemoveOrphans(store, folder);
          if (orphans > 0)
            spdlog::warn("{} results that the store does not know were removed", orphans);
        }
        store.audit().Purge(store.Now() - std::chrono::days(config.retention.audit_days));
        store.request_keys().Purge(store.Now() - kIdempotencyKeyLifetime);
      }
      syslog.Step(store);
    } catch (const Error& e) {
      spdlog::error("maintenance: {}", e.what());
    }
    SleepUnlessInterrupted(kExportPause);
  }
  return 0;
}

}  // namespace mhcnn
