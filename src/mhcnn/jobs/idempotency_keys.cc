#include "mhcnn/jobs/idempotency_keys.h"

#include "mhcnn/jobs/database.h"

namespace mhcnn {

IdempotencyKeys::Found IdempotencyKeys::Begin(const std::string& key) {
  Database& db = database_;
  return db.Write([&] {
    db.LockName("request key " + key);
    const StoreTime now = db.Now();
    db.Execute("DELETE FROM request_keys WHERE key = ? AND (made < ? OR (status = 0 AND made < ?))",
               {key, Milliseconds(now - kIdempotencyKeyLifetime),
                Milliseconds(now - kIdempotencyKeyTimeout)});
    Found found;
    const auto rows =
        db.Query("SELECT request, status, body FROM request_keys WHERE key = ?", {key});
    if (rows.empty()) {
      db.Execute(
          "INSERT INTO request_keys (key, request, made, status, body) VALUES (?, '', ?, 0, '')",
          {key, Milliseconds(now)});
      return found;
    }
    found.request = rows[0].Text(0);
    found.status = rows[0].Int(1);
    found.body = rows[0].Text(2);
    found.state = found.status == 0 ? State::kInProgress : State::kAnswered;
    return found;
  });
}

void IdempotencyKeys::Answer(const std::string& key, const std::string& request, int status,
                             const std::string& body) {
  database_.Write([&] {
    database_.Execute("UPDATE request_keys SET request = ?, status = ?, body = ? WHERE key = ?",
                      {request, std::int64_t{status}, body, key});
  });
}

void IdempotencyKeys::Release(const std::string& key) {
  database_.Write(
      [&] { database_.Execute("DELETE FROM request_keys WHERE key = ? AND status = 0", {key}); });
}

int IdempotencyKeys::Purge(StoreTime before) {
  return database_.Write([&] {
    return static_cast<int>(
        database_.Execute("DELETE FROM request_keys WHERE made < ?", {Milliseconds(before)}));
  });
}

}  // namespace mhcnn
