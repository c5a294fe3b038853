#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/batch/inputs.h"
#include "mhcnn/batch/own_files.h"

namespace mhcnn {

/// Depth to which archives within archives are opened: a zip file in a tar file in a zip file.
inline constexpr std::size_t kMaxArchiveDepth = 3;

/// Converts inputs to items, and counts files that become none; the parts of CollectImages.
class Collector {
 public:
  /// Starts without items. `output`: folder of the batch; files in it are no inputs.
  explicit Collector(const std::filesystem::path& output);

  /// Adds a file or folder that was named.
  void AddInput(const std::filesystem::path& input);

  /// Returns the items found so far.
  std::vector<BatchItem>& items() { return items_; }
  /// Returns the files that became no items so far.
  LeftOutFiles& left_out() { return left_out_; }
  /// Returns what could not be read so far (CollectedImages::unread).
  const std::vector<std::filesystem::path>& unread() const { return unread_; }

 private:
  /// A file that exists, or a member of an archive.
  struct Candidate {
    BatchItem item;
    /// Returns the first bytes, at most so many; nothing if they cannot be read. May throw Error.
    std::function<std::optional<std::vector<std::uint8_t>>(std::size_t)> head;
  };
  struct Folder {
    std::filesystem::path path;
    bool drawings = false;   ///< whether in overlays/ or masks/ of an earlier run
    std::size_t parent = 0;  ///< number of the folder around it, in the order of the search
  };

  /// Adds the place of an input that does not exist: the shell found nothing for a pattern, or a
  /// disk is not mounted.
  void AddMissingInput(const std::filesystem::path& input);
  void AddFolder(const std::filesystem::path& root);
  void InspectFolder(const std::filesystem::path& root, Folder& folder);
  void AddEntries(const Folder& folder, const std::filesystem::path& root,
                  std::vector<Folder>& folders);
  void AddFile(const std::filesystem::path& path, const std::filesystem::path& root,
               const Folder& folder, bool beside_a_run);
  void AddCandidate(Candidate candidate);
  /// Adds the members of a container. Returns whether the candidate is a container.
  bool AddContainer(const Candidate& candidate, std::span<const std::uint8_t> head);
  void AddArchive(const BatchItem& archive);
  void AddProblem(BatchItem item, const std::string& problem);
  bool IsOwnOutput(const std::filesystem::path& path) const;

  std::filesystem::path output_;
  std::set<FileIdentity> avoid_;    ///< the output and its folders
  std::set<FileIdentity> visited_;  ///< folders that were searched
  std::set<FileIdentity> masks_;    ///< masks that the manifests name
  std::set<std::filesystem::path> manifests_;
  std::size_t members_ = 0;  ///< members seen in the archive that is being searched
  std::vector<BatchItem> items_;
  LeftOutFiles left_out_;
  std::vector<std::filesystem::path> unread_;
};

}  // namespace mhcnn
