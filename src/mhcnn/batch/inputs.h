#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mhcnn/base/memory_file.h"
#include "mhcnn/results/left_out.h"

namespace mhcnn {

/// A picture to analyse: a file, or a member of an archive (zip, tar).
struct BatchItem {
  std::filesystem::path path;  ///< path of the file, or of the archive
  std::string member;          ///< within the archive; empty for a file
  std::filesystem::path name;  ///< name of its drawings, without extension
  std::string problem = {};    ///< why it cannot be read, where that is known already
  /// Archives between `path` and `member`, the outer ones first.
  std::vector<std::string> within = {};
  bool found = false;  ///< in a folder or archive, not named itself: a mask there is no failure

  /// As it stands in the results: "study.zip/IM0001".
  std::filesystem::path DisplayPath() const;
};

/// What was found among the inputs.
struct CollectedImages {
  std::vector<BatchItem> items;  ///< each picture once, in the order of DisplayPath()
  LeftOutFiles left_out;         ///< files that are none, so that nothing is left out silently
  /// Files, archives and folders that could not be found or read, and folders in which and below
  /// which nothing was found to measure, as the place of a disk is that is not mounted: there may
  /// be pictures in them that are no items.
  std::vector<std::filesystem::path> unread = {};
};

/// Returns a SHA-256 of paths in their order, by which two lists of files are compared.
std::string DigestOfPaths(const std::vector<std::string>& paths);
/// Returns the digest of the items' DisplayPath().
std::string DigestOfPaths(const std::vector<BatchItem>& items);

/// Finds every picture among the inputs:
/// - folders are searched through for what is or claims to be an image, by name or by content, and
///   for archives; what this program writes to `output` is neither taken nor counted;
/// - archives are searched through in the same way: zip and tar files, packed ones too, and those
///   within others;
/// - a DICOMDIR stands for the files it refers to (in a folder they are found anyway);
/// - any other file is taken as it is;
/// - what cannot be read (a folder, a file, an archive, a link that leads nowhere) becomes an item
///   with its `problem`.
/// Files whose name says that they are images are not opened. Names of drawings that would meet
/// each other or a folder of drawings keep their extension or get a number. Throws
/// Error(kInterrupted).
CollectedImages CollectImages(const std::vector<std::filesystem::path>& inputs,
                              const std::filesystem::path& output);

/// A file to read an item from. A member of an archive, and a file that is packed by itself
/// (.dcm.gz), is unpacked into memory.
class MaterializedFile {
 public:
  /// Throws what Archive and Unpack throw, and where the file cannot be opened kNotFound, kIo,
  /// kUnsupported (a pipe or device).
  explicit MaterializedFile(const BatchItem& item);
  /// Returns the path to read from.
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::shared_ptr<MemoryFile> memory_;
};

}  // namespace mhcnn
