#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mhcnn/base/memory_file.h"
#include "mhcnn/results/left_out_files.h"

namespace mhcnn {

/// An image to analyse: a file, or a member of an archive (zip, tar).
struct BatchItem {
  std::filesystem::path path;  ///< path of the file, or of the archive
  std::string member;          ///< path within the archive; empty for a file
  std::filesystem::path name;  ///< name of its drawings, without extension
  std::string problem = {};    ///< reason why it cannot be read, if already known
  /// Archives between `path` and `member`, the outer ones first.
  std::vector<std::string> within = {};
  bool found = false;  ///< whether in a folder or archive, not named: a mask is no failure

  /// Returns the path as in the results: "study.zip/IM0001".
  std::filesystem::path DisplayPath() const;
};

/// Images found among the inputs.
struct CollectedImages {
  std::vector<BatchItem> items;  ///< each image once, in the order of DisplayPath()
  LeftOutFiles left_out;         ///< files that are no images, so that none is left out silently
  /// Files, archives and folders that could not be found or read, and folders without any file to
  /// measure at any depth, such as the place of a disk that is not mounted: they may contain images
  /// that are no items.
  std::vector<std::filesystem::path> unread = {};
};

/// Returns a SHA-256 of paths in their order, by which two lists of files are compared.
std::string HashPaths(const std::vector<std::string>& paths);
/// Returns the digest of the items' DisplayPath().
std::string HashPaths(const std::vector<BatchItem>& items);

/// Finds every image among the inputs:
/// - folders are searched through for what is or claims to be an image, by name or by content, and
///   for archives; what this program writes to `output` is neither used nor counted;
/// - archives are searched through in the same way: zip and tar files, packed ones too, and those
///   within others;
/// - a DICOMDIR is replaced by the files it refers to (in a folder they are found anyway);
/// - any other file is an item;
/// - what cannot be read (a folder, a file, an archive, a broken link) becomes
///   an item with its `problem`. Files with the name of an image are not
///   opened. Names of drawings that would be equal to others or to a folder of
///   drawings keep their extension or get a number. Throws
///   Error(kInterrupted).
CollectedImages CollectImages(const std::vector<std::filesystem::path>& inputs,
                              const std::filesystem::path& output);

/// A file to read an item from. A member of an archive, and a single packed file (.dcm.gz), is
/// unpacked into memory.
class MaterializedFile {
 public:
  /// Opens the item. Throws what Archive and Unpack throw, and if the file cannot be opened
  /// kNotFound, kIo, kUnsupported (a pipe or device).
  explicit MaterializedFile(const BatchItem& item);
  /// Returns the path to read from.
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::shared_ptr<MemoryFile> memory_;
};

}  // namespace mhcnn
