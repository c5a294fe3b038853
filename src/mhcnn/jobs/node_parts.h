#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// A process of the node, on one of its machines.
struct NodePart {
  std::string node;      ///< name of the node in its configuration
  std::string host;      ///< name of the machine
  std::string part;      ///< "web", "work1", ...
  std::int64_t pid = 0;  ///< number of the process
  std::string version;   ///< of the program
  /// When it began, and when it last said that it runs.
  StoreTime started{}, seen{};
};

/// The processes of a node that say that they run.
class NodeParts {
 public:
  /// The database must outlive it.
  explicit NodeParts(Database& database) : database_(database) {}

  /// Notes that a part runs now; its moments are set here. Rows of parts that were not seen for
  /// `keep` go.
  void Seen(const NodePart& part, std::chrono::milliseconds keep);
  /// Takes away the row of a part that ends.
  void Ended(const NodePart& part);
  /// Returns all rows, by node, host and part.
  std::vector<NodePart> All();

 private:
  Database& database_;
};

}  // namespace mhcnn
