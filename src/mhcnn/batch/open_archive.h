#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mhcnn/base/archive.h"
#include "mhcnn/base/memory_file.h"
#include "mhcnn/base/tar_archive.h"

namespace mhcnn {

/// An archive that can be read by a path: on the disk, or unpacked into memory.
struct OpenedArchive {
  /// Path to read from.
  std::filesystem::path file;
  std::shared_ptr<MemoryFile> memory;     ///< the unpacked archive; empty: on the disk
  std::shared_ptr<const TarArchive> tar;  ///< its list, if it is a tar file
  /// Returns a reader of the archive for one thread.
  std::shared_ptr<const Archive> Reader() const;
};

/// Opens the archive at a path, or the one within it: `within` names a member of it, a member of
/// that one, and so on. Unpacks what is packed (.tar.gz). Those opened last are kept, up to
/// kMaxUnpackedBytes in memory. Thread-safe. Throws what Archive, Unpack and ReadFileHead throw.
OpenedArchive OpenNestedArchive(const std::filesystem::path& path,
                                const std::vector<std::string>& within);

}  // namespace mhcnn
