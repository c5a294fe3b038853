#pragma once

#include <array>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

/// Reason why a file among the inputs has no row. docs/results.md lists the words of results.json
/// for the reasons.
enum class LeftOutKind {
  kNoImage,      ///< by neither name nor content an image or an archive
  kFolderLink,   ///< a link to a folder, which is not followed
  kCompanion,    ///< a file that macOS, Windows or a network disk adds
  kEarlierRun,   ///< a drawing or table of an earlier run of this program
  kMask,         ///< a mask of a data set
  kSameFile,     ///< another name of a file that has its row (hard link, link)
  kSpecial,      ///< a pipe, socket or device
  kMediumIndex,  ///< a DICOMDIR
};
/// Number of kinds.
inline constexpr std::size_t kLeftOutKinds = 8;

/// The files of a batch that have no row: the number and the first paths of each kind.
class LeftOutFiles {
 public:
  static constexpr std::size_t kPaths = 200;  ///< largest number of paths kept of each kind

  /// Counts a file; its path is kept if there are fewer than kPaths.
  void Add(LeftOutKind kind, const std::filesystem::path& path);
  /// Adds the counts and paths of another batch.
  void Add(const LeftOutFiles& other);
  /// Returns the number of files of a kind.
  std::size_t count(LeftOutKind kind) const { return of(kind).count; }
  /// Returns the number of files of all kinds.
  std::size_t total() const;
  /// Returns the paths that were kept of a kind.
  const std::vector<std::string>& paths(LeftOutKind kind) const { return of(kind).paths; }

  /// Returns "2 links to folders not followed, 3 files of no image format"; "" if there are none.
  std::string Text() const;
  /// Returns the object of results.json: {"total", "counts", "files"}. FromJson() reads it back
  /// (anything else gives no files).
  nlohmann::json ToJson() const;
  /// Reads what ToJson wrote; any other JSON gives no files.
  static LeftOutFiles FromJson(const nlohmann::json& json);

 private:
  struct Files {
    std::size_t count = 0;
    std::vector<std::string> paths;
  };
  const Files& of(LeftOutKind kind) const { return files_[static_cast<std::size_t>(kind)]; }

  std::array<Files, kLeftOutKinds> files_;
};

/// Returns the word of results.json for a kind ("mask").
const char* LeftOutKindName(LeftOutKind kind);
/// Returns the kind for a word of results.json; nothing for an unknown word.
std::optional<LeftOutKind> ParseLeftOutKind(const std::string& word);

}  // namespace mhcnn
