#include "mhcnn/jobs/audit_trail.h"

#include "mhcnn/jobs/database.h"

namespace mhcnn {

void AuditTrail::Append(const AuditRecord& record) {
  Database& db = database_;
  // One at a time, so that numbers appear in their order: an exporter that has seen event 7 must
  // not find event 6 later. Not repeated where it may be there already: each event once.
  const auto append = [&] {
    db.LockName("mhcnn audit");
    db.Execute("INSERT INTO audit_events (moment, event, outcome, message) VALUES (?, ?, ?, ?)",
               {Milliseconds(db.Now()), record.event, record.outcome, record.message});
  };
  db.Write(append, Repeat::kUnlessCommitting);
}

std::vector<AuditRecord> AuditTrail::After(std::int64_t id, int limit) {
  return database_.Read([&] {
    std::vector<AuditRecord> records;
    for (const SqlRow& row : database_.Query(
             "SELECT id, moment, event, outcome, message FROM audit_events WHERE id > ? ORDER BY "
             "id LIMIT ?",
             {id, std::int64_t{limit}}))
      records.push_back({row.Number(0), row.Time(1), row.Text(2), row.Text(3), row.Text(4)});
    return records;
  });
}

std::int64_t AuditTrail::Exported(const std::string& exporter) {
  return database_.Read([&]() -> std::int64_t {
    const auto rows =
        database_.Query("SELECT last_event FROM audit_exports WHERE exporter = ?", {exporter});
    return rows.empty() ? 0 : rows[0].Number(0);
  });
}

void AuditTrail::SetExported(const std::string& exporter, std::int64_t id) {
  database_.Write([&] {
    database_.Execute(
        "INSERT INTO audit_exports (exporter, last_event) VALUES (?, ?) ON CONFLICT (exporter) DO "
        "UPDATE SET last_event = excluded.last_event",
        {exporter, id});
  });
}

int AuditTrail::Purge(StoreTime before) {
  return database_.Write([&] {
    return static_cast<int>(database_.Execute(
        "DELETE FROM audit_events WHERE moment < ? AND NOT EXISTS (SELECT 1 FROM audit_exports "
        "WHERE audit_exports.last_event < audit_events.id)",
        {Milliseconds(before)}));
  });
}

}  // namespace mhcnn
