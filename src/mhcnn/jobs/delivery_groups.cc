#include "mhcnn/jobs/delivery_groups.h"

#include <algorithm>

#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/delivery_queue.h"

namespace mhcnn {

void LockParcel(Database& database, std::int64_t exam, const std::string& destination, bool make) {
  const auto lock = [&] {
    return !database
                .Query("SELECT id FROM parcels WHERE exam = ? AND destination = ?" +
                           database.Lock("parcels"),
                       {exam, destination})
                .empty();
  };
  if (lock() || !make) return;
  database.Execute("INSERT INTO parcels (exam, destination, due) VALUES (?, ?, NULL)",
                   {exam, destination});
}

void LockParcels(Database& database, std::int64_t exam) {
  database.Query("SELECT id FROM parcels WHERE exam = ? ORDER BY id" + database.Lock("parcels"),
                 {exam});
}

void RefreshParcel(Database& database, std::int64_t exam, const std::string& destination) {
  SqlValue due;
  std::int64_t lease = 0;
  for (const SqlRow& row :
       database.Query("SELECT state, due FROM deliveries WHERE exam = ? AND destination = ? AND "
                      "state IN (0, 1) ORDER BY place, id",
                      {exam, destination})) {
    if (static_cast<DeliveryState>(row.Int(0)) == DeliveryState::kSending) {
      lease = std::max(lease, row.Number(1));
    } else if (std::holds_alternative<std::monostate>(due)) {
      due = row.Number(1);
    }
  }
  if (lease) due = lease;
  database.Execute("UPDATE parcels SET due = ? WHERE exam = ? AND destination = ?",
                   {due, exam, destination});
}

int GiveUpDeliveries(Database& database, std::int64_t exam) {
  LockParcels(database, exam);
  database.Execute("UPDATE deliveries SET given_up = 1 WHERE exam = ? AND state = ?",
                   {exam, std::int64_t(DeliveryState::kSending)});
  const std::int64_t count = database.Execute(
      "UPDATE deliveries SET state = ?, due = NULL WHERE exam = ? AND state IN (?, ?)",
      {std::int64_t(DeliveryState::kSuperseded), exam, std::int64_t(DeliveryState::kQueued),
       std::int64_t(DeliveryState::kDead)});
  for (const SqlRow& row : database.Query("SELECT destination FROM parcels WHERE exam = ?", {exam}))
    RefreshParcel(database, exam, row.Text(0));
  return static_cast<int>(count);
}

}  // namespace mhcnn
