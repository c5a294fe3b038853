#include "mhcnn/jobs/commitments.h"

#include <fmt/format.h>

#include <map>

#include "mhcnn/base/text.h"
#include "mhcnn/jobs/backoff.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/delivery_groups.h"
#include "mhcnn/jobs/delivery_rows.h"
#include "mhcnn/jobs/exam_events.h"

namespace mhcnn {
namespace {

std::int64_t Number(DeliveryState state) { return static_cast<std::int64_t>(state); }

/// The destination does not have what it said that it stored: it is sent again, at growing
/// intervals, and given up as a delivery that fails.
void SendAgain(Database& db, const DeliveryRow& row, const std::string& reason) {
  const DeliveryRules rules;
  const Delivery& delivery = row.delivery;
  const int failures = row.failures + 1;
  const StoreTime
      now = db.Now(),
      since = db.Query("SELECT since FROM deliveries WHERE id = ?", {delivery.id}).at(0).Time(0);
  const bool dead = now - since >= rules.give_up;
  const std::string error = "not committed by the destination: " + ToDisplayText(reason);
  db.Execute(
      "UPDATE deliveries SET state = ?, due = ?, failures = ?, error = ?, asked = NULL WHERE id = "
      "?",
      {Number(dead ? DeliveryState::kDead : DeliveryState::kQueued),
       dead ? SqlValue()
            : SqlValue(
                  Milliseconds(now + Backoff(failures, rules.first_delay, rules.longest_delay))),
       std::int64_t{failures}, error, delivery.id});
  AddExamEvent(db, delivery.exam,
               fmt::format("{}: {} to {}, {}", dead ? "given up" : "sent again", delivery.kind,
                           delivery.destination, error));
}

}  // namespace

std::vector<Delivery> Commitments::ListDueForCommitment(const std::string& destination,
                                                        std::chrono::milliseconds patience,
                                                        std::chrono::milliseconds give_up) {
  return database_.Read([&] {
    const std::int64_t overdue = Milliseconds(database_.Now() - patience);
    const std::int64_t oldest = Milliseconds(database_.Now() - give_up);
    const std::string condition =
        "deliveries.state = 2 AND deliveries.destination = ? AND (deliveries.asked IS NULL OR "
        "(deliveries.asked <= ? AND deliveries.since > ?))";
    std::vector<Delivery> deliveries;
    const auto first =
        database_.Query("SELECT exam FROM deliveries WHERE " + condition + " ORDER BY exam LIMIT 1",
                        {destination, overdue, oldest});
    if (first.empty()) return deliveries;
    for (DeliveryRow& row : SelectDeliveries(
             database_,
             condition + " AND deliveries.exam = ? ORDER BY deliveries.place, deliveries.id",
             {destination, overdue, oldest, first[0].Number(0)}))
      deliveries.push_back(std::move(row.delivery));
    return deliveries;
  });
}

void Commitments::Asked(const std::string& transaction_uid,
                        const std::vector<Delivery>& deliveries) {
  Database& db = database_;
  db.Write([&] {
    const std::int64_t now = Milliseconds(db.Now());
    for (const Delivery& delivery : deliveries) {
      db.Execute(
          "INSERT INTO commitments (transaction_uid, delivery, asked, answered) VALUES (?, ?, ?, "
          "NULL) ON CONFLICT (transaction_uid, delivery) DO NOTHING",
          {transaction_uid, delivery.id, now});
      LockParcel(db, delivery.exam, delivery.destination);
      db.Execute("UPDATE deliveries SET asked = ? WHERE id = ?", {now, delivery.id});
    }
  });
}

bool Commitments::Reported(const std::string& transaction_uid,
                           const std::vector<std::string>& committed,
                           const std::vector<std::pair<std::string, std::string>>& failed) {
  Database& db = database_;
  std::map<std::string, std::string> reasons;  // "" for what is committed
  for (const auto& [uid, reason] : failed)
    reasons[ToStoredText(uid)] = reason.empty() ? "no reason given" : reason;
  for (const std::string& uid : committed) reasons.emplace(ToStoredText(uid), "");
  return db.Write([&] {
    const auto asked = db.Query(
        "SELECT commitments.id, deliveries.id, deliveries.exam, deliveries.destination, answered "
        "FROM commitments JOIN deliveries ON deliveries.id = commitments.delivery WHERE "
        "transaction_uid = ? ORDER BY deliveries.exam, deliveries.destination, deliveries.id",
        {transaction_uid});
    for (const SqlRow& row : asked) {
      if (!row.IsNull(4)) continue;
      LockParcel(db, row.Number(2), row.Text(3));
      // Another process may have had the same report.
      if (!db.Query("SELECT id FROM commitments WHERE id = ? AND answered IS NOT NULL",
                    {row.Number(0)})
               .empty())
        continue;
      const DeliveryRow now = SelectDeliveries(db, "deliveries.id = ?", {row.Number(1)}).at(0);
      const auto answer = reasons.find(now.delivery.sop_uid);
      if (answer == reasons.end()) continue;
      db.Execute("UPDATE commitments SET answered = ? WHERE id = ?",
                 {Milliseconds(db.Now()), row.Number(0)});
      if (now.delivery.state != DeliveryState::kStored) continue;
      if (answer->second.empty()) {
        db.Execute("UPDATE deliveries SET state = ?, error = '' WHERE id = ?",
                   {Number(DeliveryState::kCommitted), now.delivery.id});
        AddExamEvent(
            db, now.delivery.exam,
            fmt::format("committed: {} to {}", now.delivery.kind, now.delivery.destination));
      } else {
        SendAgain(db, now, answer->second);
        RefreshParcel(db, now.delivery.exam, now.delivery.destination);
      }
    }
    return !asked.empty();
  });
}

}  // namespace mhcnn
