#include "mhcnn/jobs/retention.h"

#include <set>

#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/exam_rows.h"

namespace mhcnn {
namespace {

// The column `removed`: 0 the file is there, 1 it is being removed, 2 it is gone.

/// Exams that need no file any more. A dead exam, and one with dead deliveries, keeps its files: a
/// person may have it tried again.
constexpr char kEnded[] =
    "exams.changed < ? AND (exams.state IN (4, 6) OR (exams.state = 3 AND NOT EXISTS (SELECT 1 "
    "FROM deliveries WHERE deliveries.exam = exams.id AND deliveries.state IN (0, 1, 4)))) AND NOT "
    "EXISTS (SELECT 1 FROM jobs WHERE jobs.exam = exams.id AND jobs.state IN (0, 1))";

}  // namespace

std::vector<std::filesystem::path> Retention::Expired(StoreTime before, int limit) {
  Database& db = database_;
  return db.Write([&] {
    std::set<std::string> files;
    const std::int64_t moment = Milliseconds(before);
    const auto room = [&] { return std::int64_t{limit} - static_cast<std::int64_t>(files.size()); };
    // Files that an earlier call named and nobody confirmed: the process died meanwhile.
    for (const std::string table : {"objects", "results"}) {
      for (const SqlRow& row :
           db.Query("SELECT file FROM " + table + " WHERE removed = 1 ORDER BY id LIMIT ?" +
                        db.Lock(table),
                    {room()}))
        files.insert(row.Text(0));
    }
    const auto forget = [&](const std::string& table, std::int64_t id, const std::string& file) {
      db.Execute("UPDATE " + table + " SET removed = 1 WHERE id = ?", {id});
      files.insert(file);
    };
    // Objects that no exam uses. A file in use by another row of the same content stays.
    if (room() > 0) {
      for (const SqlRow& row : db.Query(
               "SELECT id, file FROM objects WHERE removed = 0 AND received < ? AND (superseded < "
               "? OR (superseded IS NULL AND purpose <> 0)) AND NOT EXISTS (SELECT 1 FROM objects "
               "o WHERE o.file = objects.file AND o.id <> objects.id AND o.removed = 0 AND "
               "o.superseded IS NULL AND (o.purpose = 0 OR o.received >= ?)) ORDER BY received "
               "LIMIT ?" +
                   db.Lock("objects"),
               {moment, moment, moment, room()}))
        forget("objects", row.Number(0), row.Text(1));
    }
    while (room() > 0) {
      const auto exams = db.Query(
          std::string("SELECT id FROM exams WHERE ") + kEnded +
              " AND (EXISTS (SELECT 1 FROM objects WHERE objects.exam = exams.id AND superseded IS "
              "NULL AND removed = 0) OR EXISTS (SELECT 1 FROM results WHERE results.exam = "
              "exams.id AND removed = 0)) ORDER BY changed LIMIT 1" +
              db.LockFree("exams"),
          {moment});
      if (exams.empty()) break;
      const std::int64_t exam = exams[0].Number(0);
      // All of an exam or nothing of it, so `limit` may be exceeded by the files of one exam.
      for (const SqlRow& row : db.Query(
               "SELECT id, file FROM objects WHERE exam = ? AND superseded IS NULL AND removed = 0",
               {exam}))
        forget("objects", row.Number(0), row.Text(1));
      for (const SqlRow& row :
           db.Query("SELECT id, file FROM results WHERE exam = ? AND removed = 0", {exam}))
        forget("results", row.Number(0), row.Text(1));
      db.Execute("UPDATE exams SET images = 0 WHERE id = ?", {exam});
    }
    std::vector<std::filesystem::path> paths;
    paths.reserve(files.size());
    for (const std::string& file : files) paths.push_back(PathFromText(file));
    return paths;
  });
}

void Retention::Removed(const std::vector<std::filesystem::path>& files) {
  Database& db = database_;
  db.Write([&] {
    for (const std::filesystem::path& file : files) {
      for (const std::string table : {"objects", "results"})
        db.Execute("UPDATE " + table + " SET removed = 2 WHERE file = ? AND removed = 1",
                   {ToPathText(file)});
    }
  });
}

std::vector<std::filesystem::path> Retention::Unknown(
    const std::vector<std::filesystem::path>& files) {
  return database_.Read([&] {
    std::vector<std::filesystem::path> unknown;
    for (const std::filesystem::path& file : files) {
      const std::string name = ToPathText(file);
      const auto rows = database_.Query(
          "SELECT 1 FROM objects WHERE file = ? AND removed <> 2 UNION ALL SELECT 1 FROM results "
          "WHERE file = ? AND removed <> 2 LIMIT 1",
          {name, name});
      if (rows.empty()) unknown.push_back(file);
    }
    return unknown;
  });
}

std::uint64_t Retention::Bytes() {
  return database_.Read([&] {
    std::uint64_t bytes = 0;
    for (const std::string table : {"objects", "results"}) {
      bytes += static_cast<std::uint64_t>(
          database_
              .Query("SELECT CAST(coalesce(sum(bytes), 0) AS bigint) FROM " + table +
                     " WHERE removed IN (0, 1)")
              .at(0)
              .Number(0));
    }
    return bytes;
  });
}

}  // namespace mhcnn
