#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// A process of the node, on one of its machines.
struct NodeProcess {
  std::string node;      ///< name of the node in its configuration
  std::string host;      ///< name of the machine
  std::string part;      ///< "web", "work1", ...
  std::int64_t pid = 0;  ///< number of the process
  std::string version;   ///< version of the program
  /// Times when it began, and when it last reported that it runs.
  StoreTime started{}, seen{};
};

/// The processes of a node that report that they run.
class NodeProcesses {
 public:
  /// The database must outlive it.
  explicit NodeProcesses(Database& database) : database_(database) {}

  /// Notes that a part runs now; its moments are set here. Rows of parts that were not seen for
  /// `keep` are removed.
  void Seen(const NodeProcess& part, std::chrono::milliseconds keep);
  /// Removes the row of a part that ends.
  void Ended(const NodeProcess& part);
  /// Returns all rows, by node, host and part.
  std::vector<NodeProcess> All();

 private:
  Database& database_;
};

}  // namespace mhcnn
