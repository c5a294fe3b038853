#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mhcnn {

/// A picture to analyse: a file, or a member of a zip file.
struct BatchItem {
  std::filesystem::path path;  ///< of the file, or of the zip file
  std::string member;          ///< within the zip file; empty for a file
  std::filesystem::path name;  ///< of what is drawn of it, without extension
  std::string problem = {};    ///< why it cannot be read, where that is known already

  /// As it stands in the results: "study.zip/IM0001".
  std::filesystem::path Shown() const { return member.empty() ? path : path / member; }
};

/// Every picture among the inputs, in the order of Shown(), each once:
/// - folders are searched through for what is or claims to be an image, by name or by content, and
///   for zip files; `output` itself is left out;
/// - zip files are searched through in the same way;
/// - a DICOMDIR stands for the files it refers to (in a folder they are found anyway);
/// - any other file is taken as it is;
/// - a folder, zip file or DICOMDIR that cannot be read becomes an item with its `problem`.
/// Links to folders are not followed. Names of drawings that would meet keep their extension.
/// Throws Error(kInterrupted).
std::vector<BatchItem> CollectImages(const std::vector<std::filesystem::path>& inputs,
                                     const std::filesystem::path& output);

/// A file to read an item from; a zip's member is unpacked into memory that has a path for the
/// object's life, so that no picture of a patient stays on the disk after a kill.
class LocalFile {
 public:
  /// Throws what ZipArchive throws, and kIo.
  explicit LocalFile(const BatchItem& item);
  ~LocalFile();
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int memory_ = -1;
};

}  // namespace mhcnn
