#include "mhcnn/jobs/accounts.h"

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/anonymous.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/password.h"
#include "mhcnn/jobs/secret.h"

namespace mhcnn {
namespace {

const std::string kUserColumns = "id, name, role, made, changed, disabled";
const std::string kTokenColumns = "id, name, role, made, ends, revoked";

std::int64_t Number(Role role) { return static_cast<std::int64_t>(role); }

Role ToRole(const SqlRow& row, std::size_t column) {
  const int number = row.Int(column);
  if (number < 0 || number > static_cast<int>(Role::kAdministrator)) {
    throw Error(ErrorCode::kUnsupported, "the job store has a role that this program does not know",
                {}, "use the version of mhcnn that wrote it, or a newer one");
  }
  return static_cast<Role>(number);
}

User ToUser(const SqlRow& row) {
  return {row.Number(0), row.Text(1), ToRole(row, 2), row.Time(3), row.Time(4), row.Number(5) != 0};
}

ApiToken ToToken(const SqlRow& row) {
  ApiToken token{row.Number(0), row.Text(1), ToRole(row, 2), row.Time(3), {}, {}};
  if (!row.IsNull(4)) token.ends = row.Time(4);
  if (!row.IsNull(5)) token.revoked = row.Time(5);
  return token;
}

void CheckName(const std::string& name, const char* what) {
  const bool shown =
      !name.empty() && name.size() <= 64 && ToDisplayText(name) == name && Trim(name) == name;
  if (shown && name != kAnonymous) return;
  throw Error(ErrorCode::kUsage, std::string("is not a valid name of a ") + what,
              "\"" + ToDisplayText(name) + "\"",
              "give 1 to 64 printable characters, no space at the start or end, not 'anonymous'");
}

[[noreturn]] void IsNameTaken(const std::string& name) {
  throw Error(ErrorCode::kUsage, "is already in use", "the name " + name, "choose another");
}

}  // namespace

void Accounts::AddUser(const std::string& name, const std::string& password, Role role) {
  CheckName(name, "user");
  CheckPassword(name, password);
  const std::string digest = PasswordDigest(password);
  const auto add = [&] {
    const std::int64_t now = Milliseconds(database_.Now());
    return database_.Execute(
        "INSERT INTO users (name, password, role, made, changed, disabled) VALUES (?, ?, ?, ?, ?, "
        "0) ON CONFLICT (name) DO NOTHING",
        {name, digest, Number(role), now, now});
  };
  if (database_.Write(add, Repeat::kUnlessCommitting) == 0) IsNameTaken(name);
}

std::vector<User> Accounts::Users() {
  return database_.Read([&] {
    std::vector<User> users;
    for (const SqlRow& row :
         database_.Query("SELECT " + kUserColumns + " FROM users ORDER BY name"))
      users.push_back(ToUser(row));
    return users;
  });
}

std::optional<User> Accounts::FindUser(const std::string& name) {
  return database_.Read([&]() -> std::optional<User> {
    const auto rows =
        database_.Query("SELECT " + kUserColumns + " FROM users WHERE name = ?", {name});
    if (rows.empty()) return std::nullopt;
    return ToUser(rows[0]);
  });
}

/// Sets one column and ends the sessions. `changed` always moves, so that a login that is going on
/// begins no session.
void Accounts::ChangeUser(const std::string& name, const std::string& column, std::int64_t number,
                          const std::string& text) {
  const SqlValue value = text.empty() ? SqlValue(number) : SqlValue(text);
  const bool known = database_.Write([&] {
    const auto rows = database_.Query(
        "SELECT id, changed FROM users WHERE name = ?" + database_.Lock("users"), {name});
    if (rows.empty()) return false;
    const std::int64_t now =
        std::max(Milliseconds(database_.Now()), Milliseconds(rows[0].Time(1)) + 1);
    database_.Execute("UPDATE users SET " + column + " = ?, changed = ? WHERE id = ?",
                      {value, now, rows[0].Number(0)});
    database_.Execute("DELETE FROM sessions WHERE user_id = ?", {rows[0].Number(0)});
    return true;
  });
  if (known) return;
  throw Error(ErrorCode::kUsage, "is not in the store", "user " + ToDisplayText(name),
              "mhcnn users list shows the users");
}

void Accounts::SetRole(const std::string& name, Role role) {
  ChangeUser(name, "role", Number(role));
}

void Accounts::SetPassword(const std::string& name, const std::string& password) {
  CheckPassword(name, password);
  ChangeUser(name, "password", 0, PasswordDigest(password));
}

void Accounts::SetDisabled(const std::string& name, bool disabled) {
  ChangeUser(name, "disabled", disabled ? 1 : 0);
}

std::optional<User> Accounts::CheckLogin(const std::string& name, const std::string& password) {
  std::string digest;
  auto user = database_.Read([&]() -> std::optional<User> {
    const auto rows =
        database_.Query("SELECT " + kUserColumns + ", password FROM users WHERE name = ?", {name});
    if (rows.empty()) return std::nullopt;
    digest = rows[0].Text(6);
    return ToUser(rows[0]);
  });
  // Outside the transaction: it takes a tenth of a second.
  const bool matches = VerifyPassword(user ? digest : DummyPasswordDigest(), password);
  if (!user || !matches || user->disabled) return std::nullopt;
  return user;
}

void SessionLimits::Check() const {
  CheckAtLeast("absolute", static_cast<double>(absolute.count()), 1);
  CheckAtLeast("idle", static_cast<double>(idle.count()), 1);
  CheckAtLeast("max_per_user", max_per_user, 1);
}

std::optional<StartedSession> Accounts::BeginSession(const User& user,
                                                     const SessionLimits& limits) {
  limits.Check();
  const StartedSession session{MakeSecret(), MakeSecret()};
  const bool begun = database_.Write([&] {
    const std::int64_t now = Milliseconds(database_.Now());
    database_.Execute("DELETE FROM sessions WHERE ends <= ? OR used <= ?",
                      {now, now - limits.idle.count()});
    if (database_
            .Query("SELECT id FROM users WHERE id = ? AND changed = ? AND disabled = 0" +
                       database_.Lock("users"),
                   {user.id, Milliseconds(user.changed)})
            .empty()) {
      return false;
    }
    const auto own = database_.Query(
        "SELECT digest FROM sessions WHERE user_id = ? ORDER BY made DESC, digest", {user.id});
    for (std::size_t i = static_cast<std::size_t>(limits.max_per_user) - 1; i < own.size(); ++i)
      database_.Execute("DELETE FROM sessions WHERE digest = ?", {own[i].Text(0)});
    database_.Execute(
        "INSERT INTO sessions (digest, user_id, csrf, made, used, ends) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (digest) DO NOTHING",
        {SecretDigest(session.value), user.id, session.csrf, now, now,
         now + limits.absolute.count()});
    return true;
  });
  if (!begun) return std::nullopt;
  return session;
}

std::optional<UserSession> Accounts::FindSession(const std::string& value,
                                                 const SessionLimits& limits, SessionAccess use) {
  const std::string digest = SecretDigest(value);
  bool note = false;
  std::int64_t now = 0;
  auto session = database_.Read([&]() -> std::optional<UserSession> {
    now = Milliseconds(database_.Now());
    const auto rows = database_.Query(
        "SELECT users.id, name, role, users.made, changed, disabled, csrf, used FROM sessions JOIN "
        "users ON users.id = sessions.user_id WHERE digest = ? AND ends > ? AND used > ? AND "
        "disabled = 0",
        {digest, now, now - limits.idle.count()});
    if (rows.empty()) return std::nullopt;
    // Not for each request: a page asks for many things at once.
    note = now - rows[0].Number(7) >= limits.idle.count() / 30;
    return UserSession{ToUser(rows[0]), rows[0].Text(6)};
  });
  if (note && use == SessionAccess::kRequest) {
    database_.Write([&] {
      database_.Execute("UPDATE sessions SET used = ? WHERE digest = ? AND used < ?",
                        {now, digest, now});
    });
  }
  return session;
}

void Accounts::EndSession(const std::string& value) {
  database_.Write(
      [&] { database_.Execute("DELETE FROM sessions WHERE digest = ?", {SecretDigest(value)}); });
}

std::string Accounts::CreateToken(const std::string& name, Role role,
                                  std::optional<StoreTime> ends) {
  CheckName(name, "token");
  std::string value = std::string(kTokenPrefix) + MakeSecret();
  const SqlValue until = ends ? SqlValue(Milliseconds(*ends)) : SqlValue();
  enum class Made { kYes, kTaken, kPast };
  const auto make = [&] {
    const StoreTime now = database_.Now();
    if (ends && *ends <= now) return Made::kPast;
    const auto added = database_.Execute(
        "INSERT INTO tokens (name, digest, role, made, ends, revoked) VALUES (?, ?, ?, ?, ?, NULL) "
        "ON CONFLICT (name) DO NOTHING",
        {name, SecretDigest(value), Number(role), Milliseconds(now), until});
    return added == 0 ? Made::kTaken : Made::kYes;
  };
  const Made made = database_.Write(make, Repeat::kUnlessCommitting);
  if (made == Made::kTaken) IsNameTaken(name);
  if (made == Made::kPast) throw Error(ErrorCode::kUsage, "the end of the token has passed");
  return value;
}

std::optional<ApiToken> Accounts::FindToken(const std::string& value) {
  return database_.Read([&]() -> std::optional<ApiToken> {
    const auto rows = database_.Query(
        "SELECT " + kTokenColumns +
            " FROM tokens WHERE digest = ? AND revoked IS NULL AND (ends IS NULL OR ends > ?)",
        {SecretDigest(value), Milliseconds(database_.Now())});
    if (rows.empty()) return std::nullopt;
    return ToToken(rows[0]);
  });
}

std::vector<ApiToken> Accounts::Tokens() {
  return database_.Read([&] {
    std::vector<ApiToken> tokens;
    for (const SqlRow& row :
         database_.Query("SELECT " + kTokenColumns + " FROM tokens ORDER BY id"))
      tokens.push_back(ToToken(row));
    return tokens;
  });
}

void Accounts::RevokeToken(const std::string& name) {
  const bool revoked = database_.Write([&] {
    return database_.Execute("UPDATE tokens SET revoked = ? WHERE name = ? AND revoked IS NULL",
                             {Milliseconds(database_.Now()), name}) > 0;
  });
  if (revoked) return;
  throw Error(ErrorCode::kUsage, "is not in use", "token " + ToDisplayText(name),
              "mhcnn tokens list shows the tokens");
}

}  // namespace mhcnn
