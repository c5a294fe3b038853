#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/jobs/role.h"
#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// A person who may log in.
struct User {
  std::int64_t id = 0;        ///< row in the store
  std::string name;           ///< name for the login
  Role role = Role::kViewer;  ///< permissions of the person
  StoreTime made{};           ///< time when the account was made
  StoreTime changed{};        ///< time of the last change of password, role or `disabled`
  bool disabled = false;      ///< whether the person cannot log in
};

/// Limits of a session.
struct SessionLimits {
  std::chrono::milliseconds absolute{43'200'000};  ///< time since the login: 12 hours
  std::chrono::milliseconds idle{1'800'000};       ///< time since the last request: 30 minutes
  int max_per_user = 20;  ///< sessions of one user at the same time; the oldest ends

  /// Throws Error(kUsage) that names the field which is below its smallest value.
  void Check() const;
};

/// Whether looking for a session counts as its use.
enum class SessionAccess {
  kRequest,  ///< a request of its owner: the idle time begins again
  kPeek,     ///< only a check whether it still exists
};

/// A session as its owner gets it, once.
struct StartedSession {
  std::string value;  ///< the secret of the cookie
  std::string csrf;   ///< required value of X-CSRF-Token
};

/// Owner of a session.
struct UserSession {
  User user;         ///< owner of the session
  std::string csrf;  ///< required value of X-CSRF-Token
};

/// A token of a program.
struct ApiToken {
  std::int64_t id = 0;               ///< row in the store
  std::string name;                  ///< name of the program
  Role role = Role::kSender;         ///< permissions of the program
  StoreTime made{};                  ///< time when it was made
  std::optional<StoreTime> ends;     ///< time of its end; nothing: never
  std::optional<StoreTime> revoked;  ///< time of its revocation; nothing: it is not revoked
};

/// Beginning of each token, so that a token in a log or a repository is recognised.
inline constexpr std::string_view kTokenPrefix = "mhcnn_";

/// People, their sessions, and tokens of programs. Passwords, sessions and tokens are stored only
/// as digests. All that changes what a user may do ends the sessions of that user.
class Accounts {
 public:
  /// The database must outlive it.
  explicit Accounts(Database& database) : database_(database) {}

  /// Makes an account. Throws Error(kUsage) for a name that is taken or is not 1 to 64 printable
  /// characters, and for a password that CheckPassword() refuses.
  void AddUser(const std::string& name, const std::string& password, Role role);
  /// Returns all users by name.
  std::vector<User> Users();
  /// Returns a user.
  std::optional<User> FindUser(const std::string& name);
  /// Changes a role. Throws Error(kUsage) for an unknown name, as the next two do.
  void SetRole(const std::string& name, Role role);
  /// Changes a password. Throws also what CheckPassword() throws.
  void SetPassword(const std::string& name, const std::string& password);
  /// Disables the login of a user, or enables it again.
  void SetDisabled(const std::string& name, bool disabled);

  /// Returns the user of a name and password; nothing for an unknown or disabled one and for a
  /// wrong password, each after the same time.
  std::optional<User> CheckLogin(const std::string& name, const std::string& password);
  /// Begins a session of a user as CheckLogin() found them. Returns nothing if the account was
  /// changed since then. Forgets sessions that have ended.
  std::optional<StartedSession> BeginSession(const User& user, const SessionLimits& limits);
  /// Returns the session of a cookie and, with kRequest, notes that it was used; nothing where it
  /// has ended.
  std::optional<UserSession> FindSession(const std::string& value, const SessionLimits& limits,
                                         SessionAccess use = SessionAccess::kRequest);
  /// Ends a session.
  void EndSession(const std::string& value);

  /// Makes a token and returns it: it is shown once. Throws Error(kUsage) for a name as AddUser
  /// does, and for an end that has passed.
  std::string CreateToken(const std::string& name, Role role, std::optional<StoreTime> ends = {});
  /// Returns the token of this text; nothing if there is none, or if it has ended or was revoked.
  std::optional<ApiToken> FindToken(const std::string& value);
  /// Returns all tokens, the oldest first.
  std::vector<ApiToken> Tokens();
  /// Ends a token at once. Throws Error(kUsage) if there is none of this name in use.
  void RevokeToken(const std::string& name);

 private:
  void ChangeUser(const std::string& name, const std::string& column, std::int64_t number,
                  const std::string& text = {});

  Database& database_;
};

}  // namespace mhcnn
