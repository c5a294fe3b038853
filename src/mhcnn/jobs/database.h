#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mhcnn/jobs/job_store_options.h"
#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

/// The kinds of database that the store knows.
enum class DatabaseKind { kSqlite, kPostgresql };

/// Value of a "?" of a statement: NULL, a number or a text.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string>;

/// A row of an answer, as the texts of its columns.
class SqlRow {
 public:
  /// Makes a row; nothing means NULL.
  explicit SqlRow(std::vector<std::optional<std::string>> fields) : fields_(std::move(fields)) {}
  /// Returns whether the column is NULL. Columns count from 0.
  bool IsNull(std::size_t column) const { return !fields_.at(column).has_value(); }
  /// Returns a text; "" for NULL.
  std::string Text(std::size_t column) const { return fields_.at(column).value_or(""); }
  /// Returns a number; 0 for NULL. Throws Error(kInternal) for other text.
  std::int64_t Number(std::size_t column) const;
  /// Returns a number that fits `int`.
  int Int(std::size_t column) const { return static_cast<int>(Number(column)); }
  /// Returns a moment.
  StoreTime Time(std::size_t column) const;

 private:
  std::vector<std::optional<std::string>> fields_;
};

/// Whether a transaction is repeated after the connection was lost during its commit, when nobody
/// knows whether it was committed.
enum class Repeat { kAlways, kUnlessCommitting };

/// The only place that uses SOCI and the two dialects of SQL. Not thread-safe.
///
/// A statement has a "?" for each value. Outside a transaction Query() and Execute() are for
/// Database itself and the tests; all else goes through Write() and Read(), which repeat the
/// function if the database was busy, if PostgreSQL asks for it (serialisation, deadlock), and once
/// after a lost connection. The function must therefore change only the database. Errors are
/// Error(kIo) that names the database, without password and without values.
class Database {
 public:
  /// Opens the database; a SQLite file is made (mode 0600) if `options.create` allows it. Throws
  /// Error(kIo), or Error(kNotFound) for a file that is not there and is not to be made.
  explicit Database(const JobStoreOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Returns the kind of database.
  DatabaseKind kind() const { return kind_; }
  /// Returns the URL to show in messages.
  const std::string& url() const { return url_; }

  /// Runs a function in a transaction that writes, and returns what it returns. SQLite: alone.
  template <typename F>
  auto Write(F&& f, Repeat repeat = Repeat::kAlways) {
    return Transact(std::forward<F>(f), true, repeat);
  }
  /// Runs a function in a transaction that only reads, on one state of the database.
  template <typename F>
  auto Read(F&& f) {
    return Transact(std::forward<F>(f), false, Repeat::kAlways);
  }

  /// Runs a statement and returns its rows.
  std::vector<SqlRow> Query(const std::string& sql, const std::vector<SqlValue>& values = {});
  /// Runs a statement and returns how many rows it changed.
  std::int64_t Execute(const std::string& sql, const std::vector<SqlValue>& values = {});
  /// Returns whether the table is there.
  bool HasTable(const std::string& table);

  /// Returns the store's time; the same within a transaction.
  StoreTime Now();
  /// Returns the SQL that locks the chosen rows of the table until the end: PostgreSQL's "FOR
  /// UPDATE OF table"; "" in SQLite, where a writer is alone.
  std::string Lock(const std::string& tables) const;
  /// Returns Lock() that leaves out rows that others have locked.
  std::string LockFree(const std::string& tables) const;
  /// Waits for the lock of this name, kept until the transaction ends. Does nothing in SQLite.
  void LockName(const std::string& name);

 private:
  struct Session;

  template <typename F>
  auto Transact(F&& f, bool write, Repeat repeat) {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      Run(f, write, repeat);
    } else {
      std::optional<std::invoke_result_t<F>> result;
      Run([&] { result.emplace(f()); }, write, repeat);
      return std::move(*result);
    }
  }
  void Run(const std::function<void()>& f, bool write, Repeat repeat);
  void Connect();
  void Rollback();
  std::string HidePassword(const std::string& message) const;

  DatabaseKind kind_;
  std::string url_, connection_, password_;
  StoreClock clock_;
  std::unique_ptr<Session> session_;
  std::optional<StoreTime> now_;  ///< time of the transaction
  bool in_transaction_ = false;
};

/// Returns how many columns a statement returns: of its RETURNING or SELECT list; 0 without either.
std::size_t CountColumns(std::string_view sql);

/// Returns a text as both databases accept it: UTF-8 (other bytes are read as Windows-1252) without
/// zero bytes.
std::string ToStoredText(std::string_view text);

/// Returns a moment as a number for a statement: milliseconds since 1970.
std::int64_t Milliseconds(StoreTime time);

}  // namespace mhcnn
