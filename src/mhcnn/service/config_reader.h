#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/base/options.h"

namespace mhcnn {

/// Reads the kinds of values that a node's configuration has, each with its check. A function
/// leaves the value unchanged if the key is absent. All throw Error(kUsage) that names the file,
/// the key and what to write there.
class ConfigReader {
 public:
  /// Opens the configuration. Throws what Options::FromFile throws.
  explicit ConfigReader(const std::filesystem::path& path);

  /// Reads true or false.
  void Flag(const std::string& key, bool& value) { options_.Get(key, value); }
  /// Reads a whole number within the bounds.
  void Whole(const std::string& key, int& value, int least, int most);
  /// Reads seconds (a number, 0.5 too) within the bounds.
  void Seconds(const std::string& key, std::chrono::milliseconds& value, double least, double most);
  /// Reads a number of `unit` bytes within the bounds.
  void Bytes(const std::string& key, std::uint64_t& value, std::uint64_t unit, std::uint64_t least,
             std::uint64_t most);
  /// Reads a text.
  void Text(const std::string& key, std::string& value) { options_.Get(key, value); }
  /// Reads an array of texts.
  void Texts(const std::string& key, std::vector<std::string>& value) { options_.Get(key, value); }
  /// Checks that each word is one of these.
  void CheckWords(const std::string& key, const std::vector<std::string>& words,
                  const std::vector<std::string>& allowed) const;
  /// Reads an AE title: at most 16 characters of the default repertoire, without backslash
  /// (PS3.5 6.2).
  void AeTitle(const std::string& key, std::string& value);
  /// Reads a numeric address to listen on.
  void Address(const std::string& key, std::string& value);
  /// Reads a path; a relative one counts from the configuration's folder.
  void Path(const std::string& key, std::filesystem::path& value);
  /// Throws if the path is not empty and is not a file that can be read.
  void MustBeFile(const std::string& key, const std::filesystem::path& path) const;
  /// Makes the path of an SQLite store absolute.
  void StoreUrl(const std::string& key, std::string& url) const;
  /// Reads a secret from the file that the key names, without the line end.
  void Secret(const std::string& key, std::string& value);
  /// Checks where audit messages go.
  void SyslogTarget(const std::string& key, const std::string& value) const;

  /// Returns the number of tables in an array of tables.
  std::size_t Count(const std::string& key) { return options_.Count(key); }
  /// Returns the path; a relative one counts from the configuration's folder.
  std::filesystem::path Resolved(const std::filesystem::path& path) const;
  /// Throws for a key that was never read.
  void RejectUnknown() const { options_.RejectUnknown(); }
  /// Throws an error of this key.
  [[noreturn]] void Fail(const std::string& key, const std::string& problem) const {
    options_.Fail(key, problem);
  }

 private:
  Options options_;
  std::filesystem::path folder_;
};

}  // namespace mhcnn
