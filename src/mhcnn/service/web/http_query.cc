#include "mhcnn/service/web/http_query.h"

#include <algorithm>
#include <charconv>

#include "mhcnn/base/text.h"
#include "mhcnn/service/web/http_message.h"
#include "mhcnn/service/web/percent_decoding.h"

namespace mhcnn {
namespace {

std::string Decoded(std::string_view raw) {
  std::string spaced(raw);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  const std::string text = DecodePercentEscapes(spaced, "the query");
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (control || !IsUtf8(text)) throw HttpError(400, "the query has text that is not allowed");
  return text;
}

}  // namespace

HttpQuery::HttpQuery(std::string_view query) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (one.empty()) continue;
    const std::size_t equal = std::min(one.find('='), one.size());
    all_.emplace_back(Decoded(one.substr(0, equal)),
                      Decoded(one.substr(std::min(one.size(), equal + 1))));
  }
}

std::string HttpQuery::Text(std::string_view name) const {
  for (const auto& [key, value] : all_) {
    if (key == name) return value;
  }
  return {};
}

bool HttpQuery::Has(std::string_view name) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& one) { return one.first == name; });
}

std::optional<std::int64_t> HttpQuery::Number(std::string_view name, std::int64_t least,
                                              std::int64_t largest) const {
  const std::string text = Text(name);
  if (text.empty()) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number < least ||
      number > largest) {
    throw HttpError(400, "the parameter " + std::string(name) + " is not a whole number from " +
                             std::to_string(least) + " to " + std::to_string(largest));
  }
  return number;
}

void HttpQuery::AllowOnly(const std::vector<std::string_view>& known) const {
  for (auto one = all_.begin(); one != all_.end(); ++one) {
    if (std::find(known.begin(), known.end(), one->first) == known.end())
      throw HttpError(400, "this path has no parameter named " + ToDisplayText(one->first));
    if (std::any_of(all_.begin(), one,
                    [&](const auto& other) { return other.first == one->first; }))
      throw HttpError(400, "the parameter " + one->first + " occurs twice");
  }
}

}  // namespace mhcnn
