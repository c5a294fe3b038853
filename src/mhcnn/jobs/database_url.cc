#include "mhcnn/jobs/database_url.h"

#include <libpq-fe.h>

#include <map>
#include <memory>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr char kSqlite[] = "sqlite:";
constexpr char kForms[] =
    "write sqlite:/path/node.db, or postgresql://user@host:port/name with the password in a file";

/// Parameters that the URL does not set: a dead server or network is noticed within a minute.
const std::map<std::string, std::string> kDefaults = {
    {"application_name", "mhcnn"}, {"connect_timeout", "10"},     {"keepalives_idle", "20"},
    {"keepalives_interval", "5"},  {"tcp_user_timeout", "30000"}, {"client_encoding", "UTF8"}};

DatabaseUrl ParsePostgresql(const std::string& url) {
  char* text = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), &text), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> message(text, &PQfreemem);
  // libpq's own message repeats the URL, and with it what may be a password.
  if (!options) throw Error(ErrorCode::kUsage, "is not a URL of PostgreSQL", "store.url", kForms);
  DatabaseUrl result{.postgresql = true, .path = "", .connection = ""};
  std::map<std::string, std::string> parameters = kDefaults;
  for (const PQconninfoOption* o = options.get(); o->keyword; ++o) {
    if (!o->val) continue;
    if (std::string(o->keyword) == "password") {
      throw Error(ErrorCode::kUsage, "has a password in it", "store.url",
                  "put the password into a file and name it as store.password_file");
    }
    parameters[o->keyword] = o->val;
  }
  for (const auto& [key, value] : parameters) {
    if (!result.connection.empty()) result.connection += ' ';
    result.connection += key + "=" + QuoteParameter(value);
  }
  return result;
}

}  // namespace

DatabaseUrl ParseDatabaseUrl(const std::string& url) {
  if (url.starts_with(kSqlite)) {
    DatabaseUrl result;
    result.path = url.substr(sizeof(kSqlite) - 1);
    if (result.path.starts_with("//")) result.path.erase(0, 2);  // sqlite:///path
    if (result.path.empty() || result.path.find('"') != std::string::npos) {
      throw Error(ErrorCode::kUsage, "names no file", "store.url " + ToDisplayText(url), kForms);
    }
    return result;
  }
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return ParsePostgresql(url);
  throw Error(ErrorCode::kUsage, "is not a URL of a job store", "store.url", kForms);
}

std::string QuoteParameter(const std::string& value) {
  std::string result = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

}  // namespace mhcnn
