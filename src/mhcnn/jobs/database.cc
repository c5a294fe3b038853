#include "mhcnn/jobs/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <deque>
#include <mutex>
#include <random>
#include <thread>

#include "mhcnn/base/encoding.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/database_url.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;

/// Each time waits a little longer, about 20 s in all.
constexpr int kMaxRepeats = 40;
constexpr int kSqliteBusy = 5, kSqliteLocked = 6;  // sqlite3.h
constexpr int kSqliteTimeoutSeconds = 30;

/// Reaction to a failure of the database.
enum class Failure { kFinal, kBusy, kLost };

Failure Kind(const soci::soci_error& error) {
  if (const auto* e = dynamic_cast<const soci::sqlite3_soci_error*>(&error)) {
    const int code = e->result() & 0xff;
    return code == kSqliteBusy || code == kSqliteLocked ? Failure::kBusy : Failure::kFinal;
  }
  if (const auto* e = dynamic_cast<const soci::postgresql_soci_error*>(&error)) {
    const std::string state = e->sqlstate();
    if (state == "40001" || state == "40P01") return Failure::kBusy;
    if (state.starts_with("08") || state.starts_with("57P")) return Failure::kLost;
  }
  return Failure::kFinal;
}

/// Replaces each "?" by ":p1", ":p2", …; there are none in the texts of our statements.
std::string Named(const std::string& sql) {
  std::string result;
  int count = 0;
  for (const char c : sql) {
    if (c == '?') {
      result += fmt::format(":p{}", ++count);
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

struct Database::Session {
  Session(const soci::backend_factory& factory, const std::string& connection)
      : sql(factory, connection) {}
  soci::session sql;

  bool Alive() {
    if (sql.get_backend_name() != "postgresql") return true;
    // Debian's SOCI has no type information of it to cast by.
    const auto* backend = static_cast<soci::postgresql_session_backend*>(sql.get_backend());
    return backend->conn_ && PQstatus(backend->conn_) == CONNECTION_OK;
  }
};

std::int64_t SqlRow::Number(std::size_t column) const {
  const std::string text = Text(column);
  if (text.empty()) return 0;
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::kInternal, fmt::format("column {} of a statement is no number", column),
                "job store");
  }
  return value;
}

namespace {

/// Makes the file of a store where it is missing: patients' identifiers will be in it, so nobody
/// else may read it. A file that is there is not opened: closing it would take away the locks that
/// connections of other threads hold on it (POSIX locks belong to the process), and another process
/// that ends would remove the log (WAL) under them, with what they commit from then on.
void PrepareFile(const std::string& path, bool create, const std::string& url) {
  static std::mutex mutex;  // nobody connects between making the file and closing it
  const std::lock_guard lock(mutex);
  int problem = ::access(path.c_str(), R_OK | W_OK) == 0 ? 0 : errno;
  if (problem == ENOENT && !create) {
    throw Error(ErrorCode::kNotFound, "there is no such file", url,
                "check the path; mhcnn serve makes the store");
  }
  if (problem == ENOENT) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0600);
    problem = file < 0 ? errno : 0;
    if (file >= 0) ::close(file);
    if (problem == EEXIST) problem = 0;  // another process was faster
  }
  if (problem == 0) return;
  throw Error(ErrorCode::kIo, std::string("cannot be opened: ") + std::strerror(problem), url,
              "check the folder and its permissions");
}

}  // namespace

StoreTime SqlRow::Time(std::size_t column) const { return StoreTime(milliseconds(Number(column))); }

Database::Database(const JobStoreOptions& options)
    : kind_(DatabaseKind::kSqlite),
      url_(ToDisplayText(options.url)),
      password_(options.password),
      clock_(options.clock) {
  const DatabaseUrl url = ParseDatabaseUrl(options.url);
  if (url.postgresql) {
    kind_ = DatabaseKind::kPostgresql;
    connection_ = url.connection;
    if (!password_.empty()) connection_ += " password=" + QuoteParameter(password_);
  } else {
    PrepareFile(url.path, options.create, url_);
    connection_ = fmt::format("db=\"{}\" timeout={}", url.path, kSqliteTimeoutSeconds);
  }
  Connect();
}

Database::~Database() = default;

void Database::Connect() {
  session_.reset();
  in_transaction_ = false;
  now_.reset();
  try {
    if (kind_ == DatabaseKind::kSqlite) {
      session_ = std::make_unique<Session>(*soci::factory_sqlite3(), connection_);
      session_->sql << "PRAGMA journal_mode=WAL";
      session_->sql << "PRAGMA synchronous=FULL";
    } else {
      session_ = std::make_unique<Session>(*soci::factory_postgresql(), connection_);
      session_->sql << "SET synchronous_commit = on";
      session_->sql << "SET client_min_messages = warning";
    }
  } catch (const soci::soci_error& e) {
    session_.reset();
    throw Error(ErrorCode::kIo, "cannot be opened: " + HidePassword(e.get_error_message()), url_,
                kind_ == DatabaseKind::kSqlite ? "check that it is a SQLite file and may be written"
                                               : "check that the server runs and accepts the node");
  }
}

std::string Database::HidePassword(const std::string& message) const {
  // The first line: what follows in PostgreSQL's may hold values of rows.
  std::string line = FirstLine(message);
  for (std::size_t at; !password_.empty() && (at = line.find(password_)) != std::string::npos;) {
    line.replace(at, password_.size(), "...");
    if (std::string("...").find(password_) != std::string::npos) break;
  }
  return ToDisplayText(line);
}

void Database::Rollback() {
  now_.reset();
  if (!in_transaction_) return;
  in_transaction_ = false;
  try {
    if (session_) session_->sql << "ROLLBACK";
  } catch (const soci::soci_error&) {
    session_.reset();
  }
}

void Database::Run(const std::function<void()>& f, bool write, Repeat repeat) {
  if (in_transaction_) throw Error(ErrorCode::kInternal, "a transaction within another", url_);
  bool reconnected = false;
  for (int repeats = 0;; ++repeats) {
    bool committing = false;
    try {
      if (!session_ || !session_->Alive()) {
        reconnected = true;
        Connect();
      }
      in_transaction_ = true;
      if (kind_ == DatabaseKind::kSqlite) {
        session_->sql << (write ? "BEGIN IMMEDIATE" : "BEGIN");
      } else {
        session_->sql << (write ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      }
      f();
      committing = true;
      session_->sql << "COMMIT";
      in_transaction_ = false;
      now_.reset();
      return;
    } catch (const soci::soci_error& e) {
      Failure failure = Kind(e);
      if (failure != Failure::kBusy && (!session_ || !session_->Alive())) failure = Failure::kLost;
      Rollback();
      if (failure == Failure::kLost) session_.reset();
      const bool again = failure == Failure::kBusy ? repeats < kMaxRepeats
                         : failure == Failure::kLost
                             ? !reconnected && !(committing && repeat == Repeat::kUnlessCommitting)
                             : false;
      if (!again) {
        throw Error(ErrorCode::kIo, "the job store failed: " + HidePassword(e.get_error_message()),
                    url_, "check the database, its disk and its log");
      }
      if (failure == Failure::kBusy) {
        static thread_local std::minstd_rand random{std::random_device{}()};
        const int longest = std::min(20 * (repeats + 1), 1000);
        std::this_thread::sleep_for(milliseconds(random() % static_cast<unsigned>(longest)));
      }
    } catch (...) {
      Rollback();
      throw;
    }
  }
}

namespace {

/// A statement with its values bound.
struct Bound {
  Bound(soci::session& sql, const std::string& text, const std::vector<SqlValue>& values,
        std::size_t columns)
      : statement(sql), fields(columns), indicators(columns) {
    statement.alloc();
    for (std::size_t i = 0; i < columns; ++i)
      statement.exchange(soci::into(fields[i], indicators[i]));
    for (const SqlValue& value : values) {
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        statement.exchange(soci::use(numbers.emplace_back(*number)));
      } else if (const auto* t = std::get_if<std::string>(&value)) {
        statement.exchange(soci::use(texts.emplace_back(ToStoredText(*t))));
      } else {
        statement.exchange(soci::use(texts.emplace_back(), null));
      }
    }
    statement.prepare(Named(text), soci::details::st_one_time_query);
    statement.define_and_bind();
  }
  soci::indicator null = soci::i_null;
  std::deque<long long> numbers;
  std::deque<std::string> texts;
  soci::statement statement;
  std::deque<std::string> fields;
  std::deque<soci::indicator> indicators;
};

}  // namespace

std::vector<SqlRow> Database::Query(const std::string& sql, const std::vector<SqlValue>& values) {
  Bound bound(session_->sql, sql, values, CountColumns(sql));
  std::vector<SqlRow> rows;
  for (bool more = bound.statement.execute(true); more; more = bound.statement.fetch()) {
    std::vector<std::optional<std::string>> fields;
    for (std::size_t i = 0; i < bound.fields.size(); ++i) {
      if (bound.indicators[i] == soci::i_null) {
        fields.emplace_back();
      } else {
        fields.emplace_back(bound.fields[i]);
      }
    }
    rows.emplace_back(std::move(fields));
  }
  return rows;
}

std::int64_t Database::Execute(const std::string& sql, const std::vector<SqlValue>& values) {
  Bound bound(session_->sql, sql, values, 0);
  bound.statement.execute(true);
  return bound.statement.get_affected_rows();
}

bool Database::HasTable(const std::string& table) {
  const bool sqlite = kind_ == DatabaseKind::kSqlite;
  return !Query(sqlite ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?"
                       : "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND "
                         "tablename = ?",
                {table})
              .empty();
}

StoreTime Database::Now() {
  if (now_) return *now_;
  StoreTime now;
  if (clock_) {
    now = clock_();
  } else if (kind_ == DatabaseKind::kSqlite) {
    now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
  } else if (in_transaction_) {
    now = Query("SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)")
              .at(0)
              .Time(0);
  } else {
    return Read([this] { return Now(); });
  }
  if (in_transaction_) now_ = now;
  return now;
}

std::string Database::Lock(const std::string& tables) const {
  return kind_ == DatabaseKind::kSqlite ? "" : " FOR UPDATE OF " + tables;
}

std::string Database::LockFree(const std::string& tables) const {
  return kind_ == DatabaseKind::kSqlite ? "" : " FOR UPDATE OF " + tables + " SKIP LOCKED";
}

void Database::LockName(const std::string& name) {
  if (kind_ == DatabaseKind::kSqlite) return;
  Query("SELECT CAST(pg_advisory_xact_lock(hashtextextended(?, 0)) AS text)", {name});
}

std::size_t CountColumns(std::string_view sql) {
  // Finds a word outside parentheses.
  const auto find = [&](std::string_view word, std::size_t from) {
    int depth = 0;
    for (std::size_t i = from; i + word.size() <= sql.size(); ++i) {
      if (sql[i] == '(') ++depth;
      if (sql[i] == ')') --depth;
      if (depth == 0 && sql.substr(i, word.size()) == word) return i;
    }
    return std::string_view::npos;
  };
  std::size_t begin = find("RETURNING ", 0), end = sql.size();
  if (begin == std::string_view::npos) {
    begin = find("SELECT ", 0);
    // INSERT INTO … SELECT returns nothing.
    if (begin == std::string_view::npos || sql.starts_with("INSERT")) return 0;
    end = std::min(end, find(" FROM ", begin));
  }
  std::size_t columns = 1;
  int depth = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (sql[i] == '(') ++depth;
    if (sql[i] == ')') --depth;
    if (sql[i] == ',' && depth == 0) ++columns;
  }
  return columns;
}

std::string ToStoredText(std::string_view text) {
  std::string result = IsUtf8(text) ? std::string(text) : DecodeUtf8OrWindows1252(text);
  std::erase(result, '\0');
  return result;
}

std::int64_t Milliseconds(StoreTime time) { return time.time_since_epoch().count(); }

}  // namespace mhcnn
