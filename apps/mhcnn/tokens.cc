#include <fmt/format.h>

#include <chrono>
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
  std::filesystem::path config;
  std::string name, role = "sender";
  int days = 0;
  bool as_json = false;
};

void Audit(const ServiceConfig& config, JobStore& store, const std::string& text) {
  if (!config.audit.enabled) return;
  AuditEntry entry;
  entry.event = AuditEvent::kAccountsChanged;
  entry.peer = SystemUser();
  entry.text = text;
  Record(store, entry, config.name);
}

int Create(const Arguments& a) {
  const auto role = ParseRole(a.role);
  if (!role) {
    throw Error(ErrorCode::kUsage, "is not a role", ToDisplayText(a.role),
                "write sender, viewer, reader or administrator");
  }
  const ServiceConfig config = ReadServiceConfig(a.config);
  JobStore store(config.store);
  std::optional<StoreTime> ends;
  if (a.days > 0) ends = store.Now() + std::chrono::days(a.days);
  const std::string token = store.accounts().CreateToken(a.name, *role, ends);
  Audit(config, store, "token " + a.name + " was made as " + a.role);
  fmt::print("{}\n", token);
  fmt::print(stderr, "The token is not shown again. Send it as: Authorization: Bearer TOKEN\n");
  return kSuccess;
}

int List(const Arguments& a) {
  JobStore store(ReadServiceConfig(a.config).store);
  const StoreTime now = store.Now();
  const auto state = [&](const ApiToken& token) {
    if (token.revoked) return "revoked";
    return token.ends && *token.ends <= now ? "ended" : "in use";
  };
  const auto shown = [](const std::optional<StoreTime>& time) {
    return time ? ToDisplayTime(*time) : std::string();
  };
  nlohmann::json list = nlohmann::json::array();
  if (!a.as_json) {
    fmt::print("{:<24}  {:<13}  {:<7}  {:<23}  {}\n", "token", "role", "state", "made", "ends");
  }
  for (const ApiToken& token : store.accounts().Tokens()) {
    if (a.as_json) {
      list.push_back({{"name", token.name},
                      {"role", RoleName(token.role)},
                      {"state", state(token)},
                      {"made", ToDisplayTime(token.made)},
                      {"ends", shown(token.ends)},
                      {"revoked", shown(token.revoked)}});
    } else {
      fmt::print("{:<24}  {:<13}  {:<7}  {:<23}  {}\n", token.name, RoleName(token.role),
                 state(token), ToDisplayTime(token.made), shown(token.ends));
    }
  }
  if (a.as_json) fmt::print("{}\n", list.dump(1));
  return kSuccess;
}

int Revoke(const Arguments& a) {
  const ServiceConfig config = ReadServiceConfig(a.config);
  JobStore store(config.store);
  store.accounts().RevokeToken(a.name);
  Audit(config, store, "token " + a.name + " was revoked");
  fmt::print("token {} is revoked\n", ToDisplayText(a.name));
  return kSuccess;
}

}  // namespace

void AddTokens(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* tokens = app.add_subcommand(
      "tokens", "make and revoke the tokens of programs at the web port of a node");
  tokens->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, auto run) {
    CLI::App* command = tokens->add_subcommand(name, description);
    command->add_option("--config", a->config, kConfigHelp)->required();
    command->callback([a, &status, run] { status = run(*a); });
    return command;
  };
  CLI::App* create = add("create", "make a token and print it; it is not shown again", Create);
  create->add_option("name", a->name, "name of the program that gets the token")->required();
  create
      ->add_option(
          "--role", a->role,
          "what the program may do: sender (only uploads), viewer, reader or administrator")
      ->capture_default_str();
  create->add_option("--days", a->days, "days until the token expires; 0: never")
      ->check(CLI::Range(0, 36'500))
      ->capture_default_str();
  add("list", "list the tokens, without their text", List)
      ->add_flag("--json", a->as_json, "print JSON in place of a table");
  add("revoke", "revoke a token; it is refused immediately", Revoke)
      ->add_option("name", a->name, "name of the token")
      ->required();
}

}  // namespace mhcnn::cli
