#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/web/http_server.h"

namespace mhcnn {

/// Metrics of a node in the text format of Prometheus. Thread-safe.
class NodeMetrics {
 public:
  NodeMetrics();
  ~NodeMetrics();

  /// Counts a request.
  void Observe(const HttpRecord& record);
  /// Counts an object that came by STOW-RS or an upload.
  void CountObject(bool safe);
  /// Returns all metrics. Those of the store are read at most every five seconds; where it does not
  /// answer, mhcnn_store_up is 0 and they are left out.
  std::string Text(const std::function<JobStore&()>& store, const ObjectFolder& folder);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mhcnn
