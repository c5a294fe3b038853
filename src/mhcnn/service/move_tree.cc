#include "mhcnn/service/move_tree.h"

#include <cerrno>
#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/base/flush.h"
#include "mhcnn/base/folder.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

void FlushFolder(const fs::path& folder) {
  if (FlushPath(folder)) return;
  throw Error(ErrorCode::kIo, std::string("cannot be flushed to the disk: ") + std::strerror(errno),
              folder.string(), "check the disk");
}

}  // namespace

void MoveTree(const fs::path& from, const fs::path& to) {
  try {
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
      if (entry.is_directory()) FlushFolder(entry.path());
    }
    FlushFolder(from);
    MakeFolder(to.parent_path());
    fs::remove_all(to);
    fs::rename(from, to);
    FlushFolder(to.parent_path());
    FlushFolder(to.parent_path().parent_path());
    FlushFolder(from.parent_path());
  } catch (const fs::filesystem_error& e) {
    throw Error(ErrorCode::kIo, std::string("cannot be moved: ") + e.code().message(),
                from.string(), "check the disk and the rights of the folder");
  }
}

}  // namespace mhcnn
