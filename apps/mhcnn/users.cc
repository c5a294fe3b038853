#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/jobs/explanation.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/audit.h"
#include "mhcnn/service/config.h"
#include "node_command.h"
#include "password_prompt.h"

namespace mhcnn::cli {
namespace {

struct Arguments {
  std::filesystem::path config, password_file;
  std::string name, role = "viewer";
  bool as_json = false;
};

/// Configuration, its store, and the audit of changes in the store.
class AccountStore {
 public:
  explicit AccountStore(const Arguments& arguments)
      : config_(ReadServiceConfig(arguments.config)), store_(config_.store) {}

  Accounts& accounts() { return store_.accounts(); }
  void Changed(const std::string& text) {
    fmt::print("{}\n", ToDisplayText(text));
    if (!config_.audit.enabled) return;
    AuditEntry entry;
    entry.event = AuditEvent::kAccountsChanged;
    entry.peer = SystemUser();
    entry.text = text;
    Record(store_, entry, config_.name);
  }
  /// Prints what to do where the port does not use accounts.
  void Note() const {
    if (config_.web.access.mode == WebAccess::kAccounts) return;
    fmt::print(stderr, "note: users can log in only if [web] has access = \"accounts\"\n");
  }

 private:
  ServiceConfig config_;
  JobStore store_;
};

Role ParseRoleOption(const std::string& word) {
  const auto role = ParseRole(word);
  if (role) return *role;
  throw Error(ErrorCode::kUsage, "is not a role", ToDisplayText(word),
              "write viewer, reader, administrator or sender");
}

int Add(const Arguments& a) {
  const Role role = ParseRoleOption(a.role);
  AccountStore store(a);
  store.accounts().AddUser(a.name, AskNewPassword(a.password_file), role);
  store.Changed("user " + a.name + " was added as " + a.role);
  store.Note();
  return kSuccess;
}

int List(const Arguments& a) {
  AccountStore store(a);
  const std::vector<User> users = store.accounts().Users();
  if (a.as_json) {
    nlohmann::json list = nlohmann::json::array();
    for (const User& user : users) {
      list.push_back({{"name", user.name},
                      {"role", RoleName(user.role)},
                      {"disabled", user.disabled},
                      {"made", ToDisplayTime(user.made)},
                      {"changed", ToDisplayTime(user.changed)}});
    }
    fmt::print("{}\n", list.dump(1));
    return kSuccess;
  }
  fmt::print("{:<24}  {:<13}  {:<8}  {}\n", "user", "role", "state", "changed");
  for (const User& user : users) {
    fmt::print("{:<24}  {:<13}  {:<8}  {}\n", user.name, RoleName(user.role),
               user.disabled ? "disabled" : "enabled", ToDisplayTime(user.changed));
  }
  return kSuccess;
}

int SetRole(const Arguments& a) {
  const Role role = ParseRoleOption(a.role);
  AccountStore store(a);
  store.accounts().SetRole(a.name, role);
  store.Changed("user " + a.name + " is now " + a.role);
  return kSuccess;
}

int SetPassword(const Arguments& a) {
  AccountStore store(a);
  if (!store.accounts().FindUser(a.name)) {
    throw Error(ErrorCode::kUsage, "is not in the store", "user " + ToDisplayText(a.name),
                "mhcnn users list shows the users");
  }
  store.accounts().SetPassword(a.name, AskNewPassword(a.password_file));
  store.Changed("user " + a.name + " has a new password");
  return kSuccess;
}

int SetDisabled(const Arguments& a, bool disabled) {
  AccountStore store(a);
  store.accounts().SetDisabled(a.name, disabled);
  store.Changed("user " + a.name + " is " + (disabled ? "disabled" : "enabled"));
  return kSuccess;
}

}  // namespace

void AddUsers(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* users = app.add_subcommand(
      "users", "make and change the accounts of people at the web port of a node");
  users->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, auto run) {
    CLI::App* command = users->add_subcommand(name, description);
    command->add_option("--config", a->config, kConfigHelp)->required();
    command->callback([a, &status, run] { status = run(*a); });
    return command;
  };
  const auto name = [&](CLI::App* command) {
    command->add_option("name", a->name, "name that the user logs in with")->required();
    return command;
  };
  const auto password = [&](CLI::App* command) {
    command->add_option(
        "--password-file", a->password_file,
        "file with the password in its first line (default: the program asks in the "
        "terminal). A password has at least 12 characters");
    return command;
  };
  constexpr auto kRoleHelp =
      "what the user may do: viewer (sees exams), reader (also corrects and uploads), "
      "administrator "
      "(also retries and cancels, and sees the node) or sender (only uploads)";
  password(name(add("add", "make an account", Add)))
      ->add_option("--role", a->role, kRoleHelp)
      ->capture_default_str();
  add("list", "list the accounts", List)
      ->add_flag("--json", a->as_json, "print JSON in place of a table");
  name(add("role", "change the role of a user; the sessions of the user end", SetRole))
      ->add_option("role", a->role, kRoleHelp)
      ->required();
  password(name(add("password", "set a new password; the sessions of the user end", SetPassword)));
  name(add("disable", "block the login of a user; the sessions of the user end",
           [](const Arguments& arguments) { return SetDisabled(arguments, true); }));
  name(add("enable", "let a disabled user log in again",
           [](const Arguments& arguments) { return SetDisabled(arguments, false); }));
}

}  // namespace mhcnn::cli
