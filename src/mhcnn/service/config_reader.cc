#include "mhcnn/service/config_reader.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"

namespace mhcnn {
namespace fs = std::filesystem;

ConfigReader::ConfigReader(const fs::path& path)
    : options_(Options::FromFile(path)), folder_(fs::absolute(path).parent_path()) {}

void ConfigReader::Whole(const std::string& key, int& value, int least, int most) {
  options_.Get(key, value);
  if (value >= least && value <= most) return;
  Fail(key, "must be from " + std::to_string(least) + " to " + std::to_string(most));
}

void ConfigReader::Seconds(const std::string& key, std::chrono::milliseconds& value, double least,
                           double most) {
  double seconds = std::chrono::duration<double>(value).count();
  options_.Get(key, seconds);
  if (!(seconds >= least && seconds <= most)) {
    Fail(key, "must be from " + std::to_string(std::llround(least)) + " to " +
                  std::to_string(std::llround(most)) + " seconds");
  }
  value = std::chrono::milliseconds(std::llround(seconds * 1'000));
}

void ConfigReader::Bytes(const std::string& key, std::uint64_t& value, std::uint64_t unit,
                         std::uint64_t least, std::uint64_t most) {
  std::uint64_t units = value / unit;
  options_.Get(key, units);
  if (units < least || units > most)
    Fail(key, "must be from " + std::to_string(least) + " to " + std::to_string(most));
  value = units * unit;
}

void ConfigReader::CheckWords(const std::string& key, const std::vector<std::string>& words,
                              const std::vector<std::string>& allowed) const {
  for (const auto& word : words) {
    if (std::ranges::find(allowed, word) != allowed.end()) continue;
    std::string list;
    for (const auto& one : allowed) list += (list.empty() ? "" : ", ") + one;
    Fail(key, "must not be \"" + word + "\"; give one of " + list);
  }
}

void ConfigReader::AeTitle(const std::string& key, std::string& value) {
  options_.Get(key, value);
  const auto first = value.find_first_not_of(' ');
  value = first == std::string::npos ? ""
                                     : value.substr(first, value.find_last_not_of(' ') - first + 1);
  const bool plain =
      std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
  if (value.size() > 16 || !plain)
    Fail(key, "must be an AE title: at most 16 ASCII characters without backslash");
}

void ConfigReader::Address(const std::string& key, std::string& value) {
  options_.Get(key, value);
  unsigned char bytes[16];
  if (::inet_pton(AF_INET, value.c_str(), bytes) != 1 &&
      ::inet_pton(AF_INET6, value.c_str(), bytes) != 1) {
    Fail(
        key,
        "must be a numeric address, for example 127.0.0.1, 0.0.0.0 for every interface by IPv4, or "
        ":: for every interface by IPv6 and IPv4");
  }
}

fs::path ConfigReader::Resolved(const fs::path& path) const {
  return (folder_ / path).lexically_normal();
}

void ConfigReader::Path(const std::string& key, fs::path& value) {
  std::string text;
  options_.Get(key, text);
  if (!text.empty()) value = Resolved(text);
}

void ConfigReader::MustBeFile(const std::string& key, const fs::path& path) const {
  if (path.empty()) return;
  std::error_code ec;
  if (!fs::is_regular_file(path, ec)) Fail(key, path.string() + " is not a file");
  if (::access(path.c_str(), R_OK) != 0) Fail(key, path.string() + " cannot be read by this user");
}

void ConfigReader::StoreUrl(const std::string& key, std::string& url) const {
  const std::string scheme = "sqlite:";
  if (url.starts_with("postgresql://")) {
    const auto user_end = url.find('@');
    if (user_end != std::string::npos && url.find(':', 13) < user_end)
      Fail(key,
           "must not contain a password; write it to a file and name the file in "
           "store.password_file");
    return;
  }
  if (!url.starts_with(scheme) || url.size() == scheme.size())
    Fail(key, "must be sqlite:FILE or postgresql://user@host:port/name");
  url = scheme + Resolved(url.substr(scheme.size())).string();
}

void ConfigReader::Secret(const std::string& key, std::string& value) {
  fs::path path;
  Path(key, path);
  if (path.empty()) return;
  MustBeFile(key, path);
  value = ReadTextFile(path, 65'536);
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  if (value.empty()) Fail(key, path.string() + " is empty");
}

void ConfigReader::SyslogTarget(const std::string& key, const std::string& value) const {
  if (value.empty() || value.starts_with("/")) return;
  for (const std::string scheme : {"udp://", "tcp://"}) {
    const auto colon = value.rfind(':');
    if (value.starts_with(scheme) && colon > scheme.size() && colon + 1 < value.size()) return;
  }
  Fail(key, "must be a socket like /dev/log, udp://address:port or tcp://address:port");
}

}  // namespace mhcnn
