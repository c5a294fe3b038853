#include "mhcnn/jobs/delivery_queue.h"

#include <fmt/format.h>

#include <array>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/backoff.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/delivery_groups.h"
#include "mhcnn/jobs/delivery_rows.h"
#include "mhcnn/jobs/exam_events.h"

namespace mhcnn {
namespace {

constexpr std::array<const char*, 6> kStates = {"queued",    "sending", "stored",
                                                "committed", "dead",    "superseded"};
constexpr int kMaxTries = 100;  ///< of a claim whose parcel turned out to hold nothing

std::int64_t Number(DeliveryState state) { return static_cast<std::int64_t>(state); }

/// A delivery as it is now.
struct DeliveryClaim {
  DeliveryState state = DeliveryState::kQueued;
  int failures = 0;
  StoreTime since{};
  bool given_up = false;
  std::string error;
};

/// Locks the parcel and returns the delivery if this attempt of this sender is the last one.
std::optional<DeliveryClaim> LockDelivery(Database& db, const Delivery& delivery) {
  LockParcel(db, delivery.exam, delivery.destination);
  const auto rows = db.Query(
      "SELECT state, failures, since, given_up, error FROM deliveries WHERE id = ? AND sender = ? "
      "AND attempt = ?",
      {delivery.id, delivery.sender, std::int64_t{delivery.attempt}});
  if (rows.empty()) return std::nullopt;
  return DeliveryClaim{static_cast<DeliveryState>(rows[0].Int(0)), rows[0].Int(1), rows[0].Time(2),
                       rows[0].Int(3) != 0, rows[0].Text(4)};
}

void Set(Database& db, std::int64_t id, DeliveryState state, SqlValue due, int failures,
         const std::string& error) {
  db.Execute("UPDATE deliveries SET state = ?, due = ?, failures = ?, error = ? WHERE id = ?",
             {Number(state), std::move(due), std::int64_t{failures}, error, id});
}

std::string Named(const Delivery& delivery) {
  return fmt::format("{} to {}", delivery.kind, delivery.destination);
}

}  // namespace

const char* DeliveryStateName(DeliveryState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

void DeliveryRules::Check() const {
  const auto fail = [](const char* field, const char* problem) {
    throw Error(ErrorCode::kUsage, problem, field);
  };
  if (lease.count() <= 0) fail("lease", "must be more than 0");
  if (first_delay.count() <= 0) fail("first_delay", "must be more than 0");
  if (longest_delay < first_delay) fail("longest_delay", "must be at least first_delay");
  if (give_up.count() <= 0) fail("give_up", "must be more than 0");
}

std::vector<Delivery> DeliveryQueue::Claim(const std::string& destination,
                                           const std::string& sender, const DeliveryRules& rules) {
  rules.Check();
  Database& db = database_;
  return db.Write([&] {
    const StoreTime now = db.Now();
    std::vector<Delivery> batch;
    for (int tries = 0; tries < kMaxTries && batch.empty(); ++tries) {
      const auto parcels = db.Query(
          "SELECT exam FROM parcels WHERE destination = ? AND due IS NOT NULL AND due <= ? ORDER "
          "BY due, id LIMIT 1" +
              db.LockFree("parcels"),
          {destination, Milliseconds(now)});
      if (parcels.empty()) break;
      const std::int64_t exam = parcels[0].Number(0);
      for (DeliveryRow& row : OpenDeliveries(db, exam, destination)) {
        Delivery& delivery = row.delivery;
        if (delivery.next_try > now) continue;
        const bool expired = delivery.state == DeliveryState::kSending;
        if (expired && row.given_up) {
          Set(db, delivery.id, DeliveryState::kSuperseded, {}, row.failures, delivery.error);
          continue;
        }
        delivery.state = DeliveryState::kSending;
        delivery.attempt += 1;
        delivery.sender = sender;
        delivery.next_try = now + rules.lease;
        db.Execute(
            "UPDATE deliveries SET state = ?, due = ?, attempt = ?, sender = ?, failures = ? WHERE "
            "id = ?",
            {Number(DeliveryState::kSending), Milliseconds(delivery.next_try),
             std::int64_t{delivery.attempt}, sender, std::int64_t{row.failures + (expired ? 1 : 0)},
             delivery.id});
        batch.push_back(delivery);
      }
      RefreshParcel(db, exam, destination);
    }
    return batch;
  });
}

bool DeliveryQueue::Renew(const std::vector<Delivery>& deliveries, const DeliveryRules& rules) {
  rules.Check();
  Database& db = database_;
  return db.Write([&] {
    bool all = true;
    for (const Delivery& delivery : deliveries) {
      const std::optional<DeliveryClaim> held = LockDelivery(db, delivery);
      if (!held) all = false;
      if (!held || held->state != DeliveryState::kSending) continue;
      db.Execute("UPDATE deliveries SET due = ? WHERE id = ?",
                 {Milliseconds(db.Now() + rules.lease), delivery.id});
      RefreshParcel(db, delivery.exam, delivery.destination);
    }
    return all;
  });
}

bool DeliveryQueue::Stored(const Delivery& delivery) {
  Database& db = database_;
  return db.Write([&] {
    const std::optional<DeliveryClaim> held = LockDelivery(db, delivery);
    if (!held) return false;
    // Said twice, and perhaps committed meanwhile.
    if (held->state != DeliveryState::kSending)
      return held->state == DeliveryState::kStored || held->state == DeliveryState::kCommitted;
    db.Execute("UPDATE deliveries SET state = ?, due = NULL, error = '', asked = NULL WHERE id = ?",
               {Number(DeliveryState::kStored), delivery.id});
    RefreshParcel(db, delivery.exam, delivery.destination);
    AddExamEvent(db, delivery.exam, "stored: " + Named(delivery));
    return true;
  });
}

bool DeliveryQueue::Failed(const Delivery& delivery, const std::string& error, bool permanent,
                           const DeliveryRules& rules) {
  rules.Check();
  Database& db = database_;
  return db.Write([&] {
    const std::optional<DeliveryClaim> held = LockDelivery(db, delivery);
    if (!held) return false;
    if (held->state != DeliveryState::kSending)  // said twice
      return held->state == DeliveryState::kQueued || held->state == DeliveryState::kDead;
    const int failures = held->failures + 1;
    const std::string text = ToDisplayText(error);
    const StoreTime now = db.Now();
    const std::chrono::milliseconds delay =
        Backoff(failures, rules.first_delay, rules.longest_delay);
    if (held->given_up) {
      Set(db, delivery.id, DeliveryState::kSuperseded, {}, failures, text);
    } else if (permanent || now - held->since >= rules.give_up) {
      Set(db, delivery.id, DeliveryState::kDead, {}, failures, text);
      AddExamEvent(
          db, delivery.exam,
          fmt::format("given up: {} after {} failed tries: {}", Named(delivery), failures, text));
    } else {
      Set(db, delivery.id, DeliveryState::kQueued, Milliseconds(now + delay), failures, text);
      // A destination that is away for days would fill the history with one sentence.
      if (held->error != text) {
        AddExamEvent(db, delivery.exam,
                     fmt::format("not stored: {}, next try in {} s: {}", Named(delivery),
                                 delay.count() / 1000, text));
      }
    }
    RefreshParcel(db, delivery.exam, delivery.destination);
    return true;
  });
}

void DeliveryQueue::Release(const std::vector<Delivery>& deliveries) {
  Database& db = database_;
  db.Write([&] {
    for (const Delivery& delivery : deliveries) {
      const std::optional<DeliveryClaim> held = LockDelivery(db, delivery);
      if (!held || held->state != DeliveryState::kSending) continue;
      if (held->given_up) {
        Set(db, delivery.id, DeliveryState::kSuperseded, {}, held->failures, held->error);
      } else {
        Set(db, delivery.id, DeliveryState::kQueued, Milliseconds(db.Now()), held->failures,
            held->error);
      }
      RefreshParcel(db, delivery.exam, delivery.destination);
    }
  });
}

std::optional<StoreTime> DeliveryQueue::NextTry(const std::string& destination) {
  return database_.Read([&]() -> std::optional<StoreTime> {
    const auto rows = database_.Query(
        "SELECT min(due) FROM parcels WHERE destination = ? AND due IS NOT NULL", {destination});
    if (rows.empty() || rows[0].IsNull(0)) return std::nullopt;
    return rows[0].Time(0);
  });
}

std::vector<Delivery> DeliveryQueue::ListForExam(std::int64_t exam) {
  return database_.Read([&] {
    std::vector<Delivery> deliveries;
    for (DeliveryRow& row :
         SelectDeliveries(database_, "deliveries.exam = ? ORDER BY deliveries.id", {exam}))
      deliveries.push_back(std::move(row.delivery));
    return deliveries;
  });
}

int DeliveryQueue::RetryDead(std::int64_t exam) {
  Database& db = database_;
  return db.Write([&] {
    int count = 0;
    const std::int64_t now = Milliseconds(db.Now());
    const std::string of = exam ? " AND exam = ?" : "";
    std::vector<SqlValue> values = {Number(DeliveryState::kDead)};
    if (exam) values.emplace_back(exam);
    for (const SqlRow& row :
         db.Query("SELECT DISTINCT exam, destination FROM deliveries WHERE state = ?" + of +
                      " ORDER BY exam, destination",
                  values)) {
      const std::int64_t id = row.Number(0);
      const std::string destination = row.Text(1);
      LockParcel(db, id, destination);
      const auto retried = static_cast<int>(db.Execute(
          "UPDATE deliveries SET state = ?, due = ?, since = ?, failures = 0 WHERE exam = ? AND "
          "destination = ? AND state = ?",
          {Number(DeliveryState::kQueued), now, now, id, destination,
           Number(DeliveryState::kDead)}));
      RefreshParcel(db, id, destination);
      if (retried > 0) {
        AddExamEvent(
            db, id,
            fmt::format("a person started {} deliveries to {} again", retried, destination));
      }
      count += retried;
    }
    return count;
  });
}

std::vector<DeliveryQueue::Count> DeliveryQueue::Counts() {
  return database_.Read([&] {
    std::vector<Count> counts;
    for (const SqlRow& row : database_.Query(
             "SELECT destination, state, count(*) FROM deliveries GROUP BY destination, state "
             "ORDER BY destination, state"))
      counts.push_back({row.Text(0), static_cast<DeliveryState>(row.Int(1)), row.Number(2)});
    return counts;
  });
}

}  // namespace mhcnn
