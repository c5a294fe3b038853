#pragma once

#include <string>

namespace mhcnn {

/// Parts of a URL of the store.
struct DatabaseUrl {
  bool postgresql = false;  ///< whether the store is a PostgreSQL server
  std::string path;         ///< file of SQLite
  std::string connection;   ///< parameters of PostgreSQL as "key='value' ..."
};

/// Reads "sqlite:/path/node.db" or "postgresql://user@host:port/name". Throws Error(kUsage) for
/// another text, and for a URL with a password in it, which it does not repeat.
DatabaseUrl ParseDatabaseUrl(const std::string& url);

/// Returns a value for the parameters of a PostgreSQL connection: in quotes, with escapes.
std::string QuoteParameter(const std::string& value);

}  // namespace mhcnn
