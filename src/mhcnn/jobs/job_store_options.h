#pragma once

#include <string>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

/// Location and options of the store.
struct JobStoreOptions {
  /// "sqlite:/path/node.db" for one machine, or "postgresql://user@host:port/name" for several. A
  /// password comes from `password`, not from here.
  std::string url;
  std::string password;  ///< password of PostgreSQL; "" for none
  /// Clock in place of the store's own (PostgreSQL: the server's, so that machines need not agree).
  StoreClock clock;
  /// Whether a missing store is made. Commands that only read set it to false.
  bool create = true;

  /// Throws Error(kUsage) for a URL of another kind.
  void Check() const;
};

}  // namespace mhcnn
