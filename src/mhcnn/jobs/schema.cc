#include "mhcnn/jobs/schema.h"

#include <fmt/format.h>

#include "mhcnn/base/error.h"
#include "mhcnn/jobs/database.h"

namespace mhcnn {
namespace {

/// Moments are milliseconds since 1970. States are the numbers of the enumerations. `due` is the
/// moment at which somebody has to look at the row: the next try, or the end of the lease; NULL
/// where nothing is to be done. There are no foreign keys: they would lock exams where a sender
/// only writes down what it did; a test checks that rows belong together.
const std::vector<std::string> kTables = {
    "CREATE TABLE objects (id {id}, sop_uid TEXT NOT NULL, sop_class_uid TEXT NOT NULL,"
    " series_uid TEXT NOT NULL, study_uid TEXT NOT NULL, patient_id TEXT NOT NULL,"
    " issuer TEXT NOT NULL, study_date TEXT NOT NULL, digest TEXT NOT NULL,"
    " image_digest TEXT NOT NULL, demographics_digest TEXT NOT NULL, view_name TEXT NOT NULL,"
    " file TEXT NOT NULL, bytes BIGINT NOT NULL, peer TEXT NOT NULL, purpose BIGINT NOT NULL,"
    " reason TEXT NOT NULL, exam BIGINT, received BIGINT NOT NULL, superseded BIGINT,"
    " removed BIGINT NOT NULL DEFAULT 0)",
    // One object in use for each UID; what could not be understood (3) has no say.
    "CREATE UNIQUE INDEX objects_in_use ON objects (sop_uid)"
    " WHERE superseded IS NULL AND purpose <> 3",
    "CREATE INDEX objects_of_exam ON objects (exam, id)",
    "CREATE INDEX objects_by_file ON objects (file)",
    "CREATE INDEX objects_to_remove ON objects (removed, received)",

    "CREATE TABLE exams (id {id}, study_uid TEXT NOT NULL UNIQUE, patient_id TEXT NOT NULL,"
    " issuer TEXT NOT NULL, study_date TEXT NOT NULL, state BIGINT NOT NULL,"
    " revision BIGINT NOT NULL, first_received BIGINT NOT NULL, last_received BIGINT NOT NULL,"
    " changed BIGINT NOT NULL, images BIGINT NOT NULL, incomplete BIGINT NOT NULL,"
    " reason TEXT NOT NULL, summary TEXT NOT NULL, measured BIGINT NOT NULL,"
    " opened BIGINT NOT NULL, closes BIGINT, closes_by_limit BIGINT NOT NULL)",
    "CREATE INDEX exams_to_close ON exams (closes) WHERE closes IS NOT NULL",
    "CREATE INDEX exams_of_patient ON exams (patient_id, issuer)",
    "CREATE INDEX exams_by_state ON exams (state, id)",
    "CREATE INDEX exams_by_date ON exams (study_date, id)",
    "CREATE INDEX exams_by_change ON exams (state, changed)",

    "CREATE TABLE jobs (id {id}, exam BIGINT NOT NULL, revision BIGINT NOT NULL,"
    " state BIGINT NOT NULL, priority BIGINT NOT NULL, due BIGINT, made BIGINT NOT NULL,"
    " attempt BIGINT NOT NULL, failures BIGINT NOT NULL, worker TEXT NOT NULL,"
    " error TEXT NOT NULL)",
    "CREATE INDEX jobs_ready ON jobs (priority DESC, due, id) WHERE state = 0",
    "CREATE INDEX jobs_running ON jobs (due) WHERE state = 1",
    "CREATE INDEX jobs_of_exam ON jobs (exam, id)",

    "CREATE TABLE results (id {id}, exam BIGINT NOT NULL, revision BIGINT NOT NULL,"
    " job BIGINT NOT NULL, sop_uid TEXT NOT NULL, sop_class_uid TEXT NOT NULL,"
    " kind TEXT NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL, bytes BIGINT NOT NULL,"
    " made BIGINT NOT NULL, sent BIGINT NOT NULL, removed BIGINT NOT NULL DEFAULT 0)",
    "CREATE INDEX results_of_exam ON results (exam, revision, id)",
    "CREATE INDEX results_by_file ON results (file)",
    "CREATE INDEX results_to_remove ON results (removed, made)",

    "CREATE TABLE deliveries (id {id}, exam BIGINT NOT NULL, result BIGINT NOT NULL,"
    " sop_uid TEXT NOT NULL, digest TEXT NOT NULL, destination TEXT NOT NULL,"
    " place BIGINT NOT NULL, state BIGINT NOT NULL, attempt BIGINT NOT NULL,"
    " failures BIGINT NOT NULL, sender TEXT NOT NULL, due BIGINT, made BIGINT NOT NULL,"
    " since BIGINT NOT NULL, given_up BIGINT NOT NULL, error TEXT NOT NULL, asked BIGINT)",
    // An object goes to a destination once, whichever revisions made it.
    "CREATE UNIQUE INDEX deliveries_once ON deliveries (exam, destination, sop_uid, digest)",
    "CREATE INDEX deliveries_by_state ON deliveries (state, destination, exam)",

    // All deliveries of an exam to a destination: what a sender holds.
    "CREATE TABLE parcels (id {id}, exam BIGINT NOT NULL, destination TEXT NOT NULL, due BIGINT)",
    "CREATE UNIQUE INDEX parcels_once ON parcels (exam, destination)",
    "CREATE INDEX parcels_due ON parcels (destination, due, id) WHERE due IS NOT NULL",

    "CREATE TABLE commitments (id {id}, transaction_uid TEXT NOT NULL, delivery BIGINT NOT NULL,"
    " asked BIGINT NOT NULL, answered BIGINT)",
    "CREATE UNIQUE INDEX commitments_once ON commitments (transaction_uid, delivery)",

    "CREATE TABLE audit_events (id {id}, moment BIGINT NOT NULL, event TEXT NOT NULL,"
    " outcome TEXT NOT NULL, message TEXT NOT NULL)",
    "CREATE INDEX audit_by_moment ON audit_events (moment)",
    "CREATE TABLE audit_exports (exporter TEXT PRIMARY KEY, last_event BIGINT NOT NULL)",
};

const std::vector<std::string> kEvents = {
    "CREATE TABLE exam_events (id {id}, exam BIGINT NOT NULL, moment BIGINT NOT NULL,"
    " message TEXT NOT NULL)",
    "CREATE INDEX events_of_exam ON exam_events (exam, id)",
    "CREATE INDEX objects_of_study ON objects (study_uid, purpose, id)",
};

const std::vector<std::string> kPeople = {
    // People of the web pages, their sessions and the tokens of programs. Passwords, session and
    // token values are kept as digests alone.
    "CREATE TABLE users (id {id}, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL,"
    " role BIGINT NOT NULL, made BIGINT NOT NULL, changed BIGINT NOT NULL,"
    " disabled BIGINT NOT NULL)",
    "CREATE TABLE sessions (digest TEXT PRIMARY KEY, user_id BIGINT NOT NULL, csrf TEXT NOT NULL,"
    " made BIGINT NOT NULL, used BIGINT NOT NULL, ends BIGINT NOT NULL)",
    "CREATE INDEX sessions_of_user ON sessions (user_id)",
    "CREATE TABLE tokens (id {id}, name TEXT NOT NULL UNIQUE, digest TEXT NOT NULL UNIQUE,"
    " role BIGINT NOT NULL, made BIGINT NOT NULL, ends BIGINT, revoked BIGINT)",
    // What readers said of an exam, beside what the model had said: a new version for each change,
    // none is ever changed.
    "CREATE TABLE corrections (id {id}, exam BIGINT NOT NULL, revision BIGINT NOT NULL,"
    " version BIGINT NOT NULL, category TEXT NOT NULL, percent TEXT NOT NULL,"
    " comment TEXT NOT NULL, author TEXT NOT NULL, made BIGINT NOT NULL,"
    " model_category TEXT NOT NULL, model_percent TEXT NOT NULL)",
    "CREATE UNIQUE INDEX corrections_of_exam ON corrections (exam, version)",
    "CREATE INDEX corrections_by_moment ON corrections (made, id)",
    // The version of the correction that a result has in it; 0: the model's own figures.
    "ALTER TABLE results ADD COLUMN correction BIGINT NOT NULL DEFAULT 0",
    // Answers to requests that a client may send again (Idempotency-Key).
    "CREATE TABLE request_keys (key TEXT PRIMARY KEY, request TEXT NOT NULL, made BIGINT NOT NULL,"
    " status BIGINT NOT NULL, body TEXT NOT NULL)",
    // Processes of the node, on all its machines, and when each was last seen.
    "CREATE TABLE node_parts (node TEXT NOT NULL, host TEXT NOT NULL, part TEXT NOT NULL,"
    " pid BIGINT NOT NULL, version TEXT NOT NULL, started BIGINT NOT NULL, seen BIGINT NOT NULL,"
    " PRIMARY KEY (node, host, part, pid))",
};

void Apply(Database& database, const Migration& migration) {
  const bool sqlite = database.kind() == DatabaseKind::kSqlite;
  const std::string id = sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT"
                                : "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
  const auto run = [&](std::string statement) {
    if (const auto at = statement.find("{id}"); at != std::string::npos)
      statement.replace(at, 4, id);
    database.Execute(statement);
  };
  for (const std::string& statement : migration.statements) run(statement);
  for (const std::string& statement : sqlite ? migration.sqlite : migration.postgresql)
    run(statement);
}

int Version(Database& database) {
  if (!database.HasTable("schema_version")) return 0;
  return database.Query("SELECT coalesce(max(version), 0) FROM schema_version").at(0).Int(0);
}

}  // namespace

const std::vector<Migration>& Migrations() {
  static const std::vector<Migration> migrations = {
      {1, kTables, {}, {}},
      // The history of exams, what was not measured of a study, and audit events that nobody
      // changes.
      {2,
       kEvents,
       {"CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit_events BEGIN"
        " SELECT RAISE(ABORT, 'audit events are never changed'); END"},
       {"CREATE RULE audit_is_append_only AS ON UPDATE TO audit_events DO INSTEAD NOTHING"}},
      // The web pages and their API.
      {3, kPeople, {}, {}},
  };
  return migrations;
}

int SchemaVersion(Database& database) {
  return database.Read([&] { return Version(database); });
}

void Migrate(Database& database, const std::vector<Migration>& migrations, bool create) {
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  const auto check = [&](int version) {
    if (version > newest) {
      throw Error(
          ErrorCode::kUnsupported,
          fmt::format("the job store has schema {}, this program knows up to {}", version, newest),
          database.url(), "use the version of mhcnn that wrote it, or a newer one");
    }
    if (version == 0 && !create) {
      throw Error(ErrorCode::kNotFound, "holds no job store", database.url(),
                  "check the address; mhcnn serve makes the store");
    }
  };
  const int before = SchemaVersion(database);
  check(before);
  if (before == newest) return;
  database.Write([&] {
    database.LockName("mhcnn schema");
    const int version = Version(database);  // another process may have been faster
    check(version);
    if (version == 0) database.Execute("CREATE TABLE schema_version (version BIGINT NOT NULL)");
    for (const Migration& migration : migrations) {
      if (migration.version <= version) continue;
      Apply(database, migration);
      database.Execute("INSERT INTO schema_version (version) VALUES (?)",
                       {std::int64_t{migration.version}});
    }
  });
}

}  // namespace mhcnn
