#include "mhcnn/jobs/result_rows.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/delivery_groups.h"
#include "mhcnn/jobs/delivery_queue.h"
#include "mhcnn/jobs/exam_rows.h"

namespace mhcnn {
namespace {

/// The order of sending: the picture last, as it refers to what was sent before.
std::int64_t Place(const std::string& kind) {
  const std::vector<std::string> order = {"seg", "sr", "cad", "", "sc"};
  const auto found = std::find(order.begin(), order.end(), kind);
  return found == order.end() ? 3 : found - order.begin();
}

/// Key of a delivery: destination, SOP Instance UID and digest.
using Key = std::tuple<std::string, std::string, std::string>;

void Queue(Database& db, const ExamJob& job,
           const std::map<Key, std::pair<std::int64_t, std::int64_t>>& wanted) {
  const std::int64_t exam = job.exam.id, now = Milliseconds(db.Now());
  std::set<std::string> destinations;
  for (const auto& [key, result] : wanted) destinations.insert(std::get<0>(key));
  LockParcels(db, exam);
  for (const std::string& destination : destinations) LockParcel(db, exam, destination, true);

  std::set<Key> known;
  for (const SqlRow& row :
       db.Query("SELECT id, destination, sop_uid, digest, state FROM deliveries WHERE exam = ?",
                {exam})) {
    const std::int64_t id = row.Number(0);
    const Key key{row.Text(1), row.Text(2), row.Text(3)};
    destinations.insert(row.Text(1));
    const auto state = static_cast<DeliveryState>(row.Int(4));
    const bool sending = state == DeliveryState::kSending;
    const auto again = wanted.find(key);
    if (again == wanted.end()) {
      if (sending) {
        db.Execute("UPDATE deliveries SET given_up = 1 WHERE id = ?", {id});
      } else if (state == DeliveryState::kQueued || state == DeliveryState::kDead) {
        db.Execute("UPDATE deliveries SET state = ?, due = NULL WHERE id = ?",
                   {std::int64_t(DeliveryState::kSuperseded), id});
      }
      continue;
    }
    known.insert(key);
    if (sending) {
      db.Execute("UPDATE deliveries SET given_up = 0 WHERE id = ?", {id});
    } else if (state == DeliveryState::kDead || state == DeliveryState::kSuperseded) {
      db.Execute(
          "UPDATE deliveries SET state = ?, due = ?, since = ?, failures = 0, given_up = 0, "
          "result = ?, error = '' WHERE id = ?",
          {std::int64_t(DeliveryState::kQueued), now, now, again->second.first, id});
    }
  }
  // Sorts them in the order of the results, whatever their UIDs are.
  std::vector<std::pair<Key, std::pair<std::int64_t, std::int64_t>>> made(wanted.begin(),
                                                                          wanted.end());
  std::stable_sort(made.begin(), made.end(),
                   [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
  for (const auto& [key, result] : made) {
    if (known.count(key)) continue;
    const auto& [destination, sop_uid, digest] = key;
    db.Execute(
        "INSERT INTO deliveries (exam, result, sop_uid, digest, destination, place, state, "
        "attempt, failures, sender, due, made, since, given_up, error, asked) VALUES (?, ?, ?, ?, "
        "?, ?, 0, 0, 0, '', ?, ?, ?, 0, '', NULL)",
        {exam, result.first, sop_uid, digest, destination, result.second, now, now, now});
  }
  for (const std::string& destination : destinations) RefreshParcel(db, exam, destination);
}

}  // namespace

void AddResults(Database& db, const ExamJob& job, const std::vector<ResultFile>& results,
                bool send) {
  std::map<Key, std::pair<std::int64_t, std::int64_t>> wanted;  // row of the result, and place
  for (const ResultFile& result : results) {
    const std::int64_t row =
        db.Query(
              "INSERT INTO results (exam, revision, job, sop_uid, sop_class_uid, kind, file, "
              "digest, bytes, made, sent, correction) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
              "RETURNING id",
              {job.exam.id, std::int64_t{job.revision}, job.id, result.sop_uid,
               result.sop_class_uid, result.kind, ToPathText(result.file), result.digest,
               static_cast<std::int64_t>(result.bytes), Milliseconds(db.Now()), std::int64_t{send},
               std::int64_t{job.correction ? job.correction->version : 0}})
            .at(0)
            .Number(0);
    for (const std::string& destination : result.destinations) {
      wanted.emplace(
          Key{ToStoredText(destination), ToStoredText(result.sop_uid), ToStoredText(result.digest)},
          std::pair(row, Place(result.kind)));
    }
  }
  if (send) Queue(db, job, wanted);
}

std::vector<std::filesystem::path> ListEarlierResults(Database& db, std::int64_t exam,
                                                      int revision) {
  std::vector<std::filesystem::path> files;
  for (const SqlRow& row : db.Query(
           "SELECT file FROM results WHERE job = (SELECT max(job) FROM results WHERE exam = ? AND "
           "sent = 1 AND removed = 0 AND revision = (SELECT max(revision) FROM results WHERE exam "
           "= ? AND sent = 1 AND removed = 0 AND revision < ?)) AND exam = ? ORDER BY id",
           {exam, exam, std::int64_t{revision}, exam})) {
    files.push_back(PathFromText(row.Text(0)));
  }
  return files;
}

ReplacedResults FindReplacedResults(Database& db, std::int64_t exam, int revision, int version) {
  ReplacedResults replaced;
  for (const SqlRow& row : db.Query(
           "SELECT file, correction FROM results WHERE job = (SELECT max(job) FROM results WHERE "
           "exam = ? AND sent = 1 AND removed = 0 AND revision = ? AND correction < ?) AND exam = "
           "? ORDER BY id",
           {exam, std::int64_t{revision}, std::int64_t{version}, exam})) {
    replaced.files.push_back(PathFromText(row.Text(0)));
    replaced.correction = row.Int(1);
  }
  return replaced;
}

}  // namespace mhcnn
