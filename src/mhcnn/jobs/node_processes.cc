#include "mhcnn/jobs/node_processes.h"

#include "mhcnn/jobs/database.h"

namespace mhcnn {

void NodeProcesses::Seen(const NodeProcess& part, std::chrono::milliseconds keep) {
  Database& db = database_;
  db.Write([&] {
    const std::int64_t now = Milliseconds(db.Now());
    db.Execute(
        "INSERT INTO node_parts (node, host, part, pid, version, started, seen) VALUES (?, ?, ?, "
        "?, ?, ?, ?) ON CONFLICT (node, host, part, pid) DO UPDATE SET seen = excluded.seen, "
        "version = excluded.version",
        {part.node, part.host, part.part, part.pid, part.version, now, now});
    db.Execute("DELETE FROM node_parts WHERE seen < ?", {now - keep.count()});
  });
}

void NodeProcesses::Ended(const NodeProcess& part) {
  Database& db = database_;
  db.Write([&] {
    db.Execute("DELETE FROM node_parts WHERE node = ? AND host = ? AND part = ? AND pid = ?",
               {part.node, part.host, part.part, part.pid});
  });
}

std::vector<NodeProcess> NodeProcesses::All() {
  return database_.Read([&] {
    std::vector<NodeProcess> all;
    for (const SqlRow& row : database_.Query(
             "SELECT node, host, part, pid, version, started, seen FROM node_parts ORDER BY node, "
             "host, part, pid")) {
      all.push_back({row.Text(0), row.Text(1), row.Text(2), row.Number(3), row.Text(4), row.Time(5),
                     row.Time(6)});
    }
    return all;
  });
}

}  // namespace mhcnn
