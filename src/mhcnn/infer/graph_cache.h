#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace mhcnn {

/// Compiled network in memory, or null.
struct GraphBytes {
  /// The bytes.
  std::unique_ptr<std::uint8_t[]> data;
  std::size_t size = 0;  ///< number of bytes
};

/// Cache of compiled networks in a folder, so that the next start need not compile. A file is read
/// only if it is whole (by a checksum), was made for this key, and file and folder belong to this
/// user alone: any other file counts as absent, and a folder that cannot be written to keeps
/// nothing. Several processes may use a folder at the same time.
class GraphCache {
 public:
  /// Opens a cache. `key`: all that the network depends on. An empty folder: keeps nothing.
  GraphCache(std::filesystem::path folder, const std::string& key);

  /// Returns the network that was kept under the key. Throws nothing.
  GraphBytes Read() const noexcept;
  /// Keeps a network, and removes the least recently used ones beyond kMaxGraphs. Throws
  /// nothing.
  void Write(std::span<const std::uint8_t> graph) const noexcept;

  /// Largest number of files in the folder.
  static constexpr std::size_t kMaxGraphs = 8;

 private:
  std::filesystem::path folder_, file_;
  std::string key_;  // SHA-256
};

}  // namespace mhcnn
