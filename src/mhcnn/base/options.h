#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// Returns the Levenshtein distance of two words, for "did you mean".
std::size_t LevenshteinDistance(std::string_view a, std::string_view b);
/// Returns the candidate nearest to `word`, or "" where none is near.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

/// A recipe in TOML, read key by key. Each Get() does not change `value` where the key is absent
/// and names the key in an Error(kUsage) where its type is wrong. RejectUnknown() makes each key
/// that was never asked for an error that suggests the nearest. Keys are dotted paths:
/// "optimizer.weight_decay".
class Options {
 public:
  /// Reads a TOML file. Throws Error(kNotFound), Error(kIo), or Error(kUsage) with the line of a
  /// syntax error.
  static Options FromFile(const std::filesystem::path& path);
  /// Reads TOML text; `name` stands for the file in messages. Throws Error(kUsage) with the line of
  /// a syntax error.
  static Options FromText(const std::string& toml, const std::string& name);
  ~Options();
  /// Moves the recipe; the source must not be used afterwards.
  Options(Options&&) noexcept;

  /// Returns whether the recipe states the key.
  bool Has(const std::string& key) const;
  /// Reads true or false.
  void Get(const std::string& key, bool& value);
  /// Reads an integer that fits `int`.
  void Get(const std::string& key, int& value);
  /// Reads an integer of at least 0.
  void Get(const std::string& key, std::uint64_t& value);
  /// Reads a number; an integer is accepted.
  void Get(const std::string& key, double& value);
  /// Reads a text.
  void Get(const std::string& key, std::string& value);
  /// Reads an array of numbers.
  void Get(const std::string& key, std::vector<double>& value);
  /// Reads an array of texts.
  void Get(const std::string& key, std::vector<std::string>& value);
  /// Reads `key`, or `old_key`, its name in earlier versions, with a warning. For one release.
  /// Throws Error(kUsage) where the recipe has both.
  template <typename T>
  void GetWithOldName(const std::string& key, const std::string& old_key, T& value) {
    Get(FindUsedKey(key, old_key), value);
  }
  /// Returns the number of tables in an array of tables ("phase" for [[phase]]); the fields are
  /// "phase.0.epochs", …
  std::size_t Count(const std::string& key);

  /// Sets a key from a command line "key=value" (value in TOML syntax, or a bare string).
  void Override(const std::string& assignment);
  /// Throws Error(kUsage) for the first key that no Get() asked for, and suggests the nearest known
  /// key.
  void RejectUnknown() const;
  /// Throws Error(kUsage) that names the key, its file and `problem`.
  [[noreturn]] void Fail(const std::string& key, const std::string& problem) const;
  /// Returns the whole recipe as TOML text, overrides included.
  std::string ToText() const;

 private:
  struct Impl;
  /// Returns which of the two names the recipe uses, or `key` if it uses neither. Logs a warning if
  /// it uses the old name.
  const std::string& FindUsedKey(const std::string& key, const std::string& old_key);
  explicit Options(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mhcnn
