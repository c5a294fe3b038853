#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// An audit event (PS3.15 A.5) as it is stored.
struct AuditRecord {
  std::int64_t id = 0;  ///< row in the store
  StoreTime at{};       ///< time of the event
  std::string event;    ///< code value of the event, e.g. "110104"
  std::string outcome;  ///< "0" success, "4" minor, "8" serious, "12" major failure
  std::string message;  ///< the message as XML
};

/// Audit events. A row can be added and read; only Purge() removes rows, and nothing changes them.
class AuditTrail {
 public:
  /// The database must outlive it.
  explicit AuditTrail(Database& database) : database_(database) {}

  /// Adds an event; `id` and `at` are set by the store.
  void Append(const AuditRecord& record);
  /// Returns the events after this id, the oldest first.
  std::vector<AuditRecord> After(std::int64_t id, int limit);
  /// Returns the last event that an exporter has sent; 0 at first.
  std::int64_t Exported(const std::string& exporter);
  /// Notes that all events up to this one were sent.
  void SetExported(const std::string& exporter, std::int64_t id);
  /// Removes events that are older than the moment and exported by all exporters. Returns how many.
  int Purge(StoreTime before);

 private:
  Database& database_;
};

}  // namespace mhcnn
