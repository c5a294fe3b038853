#pragma once

#include <string>
#include <vector>

namespace mhcnn {

class Database;

/// A step of the schema from one version to the next.
struct Migration {
  int version = 0;  ///< version after the step; steps count from 1 without gaps
  /// Statements for both databases. "{id}" is replaced by the type of a row's own number.
  std::vector<std::string> statements;
  std::vector<std::string> sqlite, postgresql;  ///< statements of one database, after the others
};

/// Returns all steps, the oldest first. One that was released is never changed.
const std::vector<Migration>& Migrations();

/// Returns the version of a database's schema; 0 for a database without a schema.
int SchemaVersion(Database& database);

/// Applies the missing steps to the schema, in one transaction and by one process at a time. Throws
/// Error(kUnsupported) for a schema that is newer than the steps, and Error(kNotFound) for a
/// database without a schema if `create` is false.
void Migrate(Database& database, const std::vector<Migration>& migrations, bool create = true);

}  // namespace mhcnn
