#include "mhcnn/base/options.h"

#include <toml++/toml.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <sstream>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/log.h"

namespace mhcnn {

std::size_t LevenshteinDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substitute, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2);
  for (const auto& candidate : candidates) {
    const std::size_t distance = LevenshteinDistance(word, candidate);
    if (distance <= best_distance && (best.empty() || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

struct Options::Impl {
  toml::table table;
  std::string name;
  std::set<std::string> known;

  static std::vector<std::string> Split(const std::string& key) {
    std::vector<std::string> parts;
    std::istringstream stream(key);
    for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
    return parts;
  }

  const toml::node* Find(const std::string& key) const {
    const toml::node* node = &table;
    for (const auto& part : Split(key)) {
      if (const auto* t = node->as_table()) {
        node = t->get(part);
      } else if (const auto* a = node->as_array()) {
        const bool number = !part.empty() && std::all_of(part.begin(), part.end(), ::isdigit);
        const std::size_t index = number ? std::stoul(part) : a->size();
        node = index < a->size() ? a->get(index) : nullptr;
      } else {
        node = nullptr;
      }
      if (!node) return nullptr;
    }
    return node;
  }

  const toml::node* Use(const std::string& key) {
    known.insert(key);
    return Find(key);
  }

  void CollectLeaves(const toml::node& node, const std::string& prefix,
                     std::vector<std::string>& leaves) const {
    const auto join = [&](const std::string& part) {
      return prefix.empty() ? part : prefix + "." + part;
    };
    if (const auto* t = node.as_table()) {
      for (const auto& [k, v] : *t) CollectLeaves(v, join(std::string(k.str())), leaves);
    } else if (const auto* a = node.as_array(); a && a->is_array_of_tables()) {
      for (std::size_t i = 0; i < a->size(); ++i)
        CollectLeaves(*a->get(i), join(std::to_string(i)), leaves);
    } else {
      leaves.push_back(prefix);
    }
  }
};

Options::Options(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Options::~Options() = default;
Options::Options(Options&&) noexcept = default;

Options Options::FromText(const std::string& text, const std::string& name) {
  auto impl = std::make_unique<Impl>();
  impl->name = name;
  try {
    impl->table = toml::parse(text);
  } catch (const toml::parse_error& e) {
    throw Error(ErrorCode::kUsage,
                "is not valid TOML at line " + std::to_string(e.source().begin.line) + ": " +
                    std::string(e.description()),
                name);
  }
  return Options(std::move(impl));
}

Options Options::FromFile(const std::filesystem::path& path) {
  return FromText(ReadTextFile(path, 1 << 20), path.string());
}

bool Options::Has(const std::string& key) const { return impl_->Find(key) != nullptr; }

void Options::Fail(const std::string& key, const std::string& problem) const {
  throw Error(ErrorCode::kUsage, "key '" + key + "' " + problem, impl_->name);
}

void Options::Get(const std::string& key, bool& value) {
  const auto* node = impl_->Use(key);
  if (!node) return;
  const auto v = node->value_exact<bool>();
  if (!v) Fail(key, "must be true or false");
  value = *v;
}

void Options::Get(const std::string& key, int& value) {
  const auto* node = impl_->Use(key);
  if (!node) return;
  const auto v = node->value_exact<std::int64_t>();
  if (!v || *v < INT32_MIN || *v > INT32_MAX) Fail(key, "must be a whole number");
  value = static_cast<int>(*v);
}

void Options::Get(const std::string& key, std::uint64_t& value) {
  const auto* node = impl_->Use(key);
  if (!node) return;
  const auto v = node->value_exact<std::int64_t>();
  if (!v || *v < 0) Fail(key, "must be a whole number of 0 or more");
  value = static_cast<std::uint64_t>(*v);
}

void Options::Get(const std::string& key, double& value) {
  const auto* node = impl_->Use(key);
  if (!node) return;
  const auto v = node->is_number() ? node->value<double>() : std::nullopt;
  if (!v) Fail(key, "must be a number");
  value = *v;
}

void Options::Get(const std::string& key, std::string& value) {
  const auto* node = impl_->Use(key);
  if (!node) return;
  const auto v = node->value_exact<std::string>();
  if (!v) Fail(key, "must be a string in quotes");
  value = *v;
}

void Options::Get(const std::string& key, std::vector<double>& value) {
  const auto* node = impl_->Use(key);
  if (!node) return;
  const auto* array = node->as_array();
  if (!array) Fail(key, "must be a list of numbers");
  value.clear();
  for (const auto& item : *array) {
    const auto v = item.is_number() ? item.value<double>() : std::nullopt;
    if (!v) Fail(key, "must be a list of numbers");
    value.push_back(*v);
  }
}

void Options::Get(const std::string& key, std::vector<std::string>& value) {
  const auto* node = impl_->Use(key);
  if (!node) return;
  const auto* array = node->as_array();
  if (!array) Fail(key, "must be a list of strings");
  value.clear();
  for (const auto& item : *array) {
    const auto v = item.value_exact<std::string>();
    if (!v) Fail(key, "must be a list of strings");
    value.push_back(*v);
  }
}

const std::string& Options::FindUsedKey(const std::string& key, const std::string& old_key) {
  impl_->known.insert(key);
  if (!Has(old_key)) return key;
  if (Has(key))
    Fail(old_key, "is the old name of '" + key + "', and the recipe has both; remove the old one");
  WarnRenamed("key " + old_key, key);
  return old_key;
}

std::size_t Options::Count(const std::string& key) {
  const auto* node = impl_->Use(key);
  if (!node) return 0;
  const auto* array = node->as_array();
  if (!array || (!array->empty() && !array->is_array_of_tables())) {
    Fail(key, "must be an array of tables ([[" + key + "]])");
  }
  return array->size();
}

void Options::Override(const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorCode::kUsage, "'" + assignment + "' is not of the form key=value",
                impl_->name);
  }
  const std::string key = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  toml::table parsed;
  try {
    parsed = toml::parse("v = " + text);
  } catch (const toml::parse_error&) {
    parsed.insert_or_assign("v", text);
  }
  const auto parts = Impl::Split(key);
  toml::node* node = &impl_->table;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    toml::node* next = nullptr;
    if (auto* t = node->as_table()) {
      next = t->get(parts[i]);
      if (!next) next = &t->insert_or_assign(parts[i], toml::table{}).first->second;
    } else if (auto* a = node->as_array()) {
      const bool number = std::all_of(parts[i].begin(), parts[i].end(), ::isdigit);
      const std::size_t index = number ? std::stoul(parts[i]) : a->size();
      if (index < a->size()) next = a->get(index);
    }
    if (!next) Fail(key, "does not name a place in this recipe");
    node = next;
  }
  auto* target = node->as_table();
  if (!target) Fail(key, "does not name a place in this recipe");
  parsed.get("v")->visit(
      [&](auto& value) { target->insert_or_assign(parts.back(), std::move(value)); });
}

void Options::RejectUnknown() const {
  std::vector<std::string> leaves;
  impl_->CollectLeaves(impl_->table, "", leaves);
  const std::vector<std::string> known(impl_->known.begin(), impl_->known.end());
  for (const auto& leaf : leaves) {
    if (impl_->known.count(leaf)) continue;
    const std::string nearest = Nearest(leaf, known);
    throw Error(ErrorCode::kUsage, "unknown key '" + leaf + "'", impl_->name,
                nearest.empty() ? "" : "did you mean '" + nearest + "'?");
  }
}

std::string Options::ToText() const {
  std::ostringstream text;
  text << impl_->table << "\n";
  return text.str();
}

}  // namespace mhcnn
