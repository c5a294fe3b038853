#pragma once

#include <filesystem>
#include <memory>

#include "mhcnn/service/access/access.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/web/node_metrics.h"
#include "mhcnn/service/web/router.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// Parts that the routes of the HTTP port use. All must outlive the routes.
struct WebRoutesContext {
  const ServiceConfig& config;         ///< the configuration
  const ObjectFolder& folder;          ///< the object folder
  ThreadStores& stores;                ///< a store for each thread
  const std::filesystem::path& model;  ///< the model's file; empty: this node does not analyse
  const Access& access;                ///< access control
  NodeMetrics& metrics;                ///< counts of the node
};

/// All routes of the HTTP port: health and metrics, pages, API, DICOMweb. It must outlive the
/// server.
class WebRoutes {
 public:
  /// Adds the routes.
  WebRoutes(Router& router, const WebRoutesContext& parts);
  ~WebRoutes();
  WebRoutes(const WebRoutes&) = delete;
  WebRoutes& operator=(const WebRoutes&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mhcnn
