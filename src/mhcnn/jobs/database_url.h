#pragma once

#include <string>

namespace mhcnn {

/// What a URL of the store says.
struct DatabaseUrl {
  bool postgresql = false;  ///< parts of the address of a PostgreSQL server
  std::string path;         ///< of SQLite: the file
  std::string connection;   ///< of PostgreSQL: the parameters as "key='value' ..."
};

/// Reads "sqlite:/path/node.db" or "postgresql://user@host:port/name". Throws Error(kUsage) for
/// another text, and for a URL with a password in it, which it does not repeat.
DatabaseUrl ParseDatabaseUrl(const std::string& url);

/// A value within the parameters of a PostgreSQL connection: in quotes, with escapes.
std::string QuotedParameter(const std::string& value);

}  // namespace mhcnn
