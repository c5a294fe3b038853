#include "mhcnn/base/folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

fs::path DisplayPath(const fs::path& folder) { return folder.empty() ? fs::path(".") : folder; }

[[noreturn]] void Refuse(const fs::path& folder, const std::string& what, int code) {
  std::string why = std::strerror(code), remedy = "name a folder that can be written to";
  ErrorCode kind = ErrorCode::kIo;
  if (code == EACCES || code == EPERM) {
    why = "this user has no permission to write there";
    remedy = "change the folder's permissions, or name another folder";
  } else if (code == EROFS) {
    why = "its disk is read-only";
    remedy = "name a folder on another disk";
  } else if (code == ENOSPC || code == EDQUOT) {
    why = "its disk is full, or the quota is used up";
    remedy = "free some disk space and run again";
  } else if (code == ENAMETOOLONG) {
    why = "the name is too long";
    remedy = "give the folder a shorter name";
    kind = ErrorCode::kLimit;
  } else if (code == ENOENT) {
    why = "its parent folder does not exist, or it is a link to a folder that does not exist";
    remedy = "name a folder that exists, or one to be made in such a folder";
  }
  throw Error(kind, what + ": " + why, DisplayPath(folder).string(), remedy);
}

void ThrowIfFile(const fs::path& path) {
  throw Error(ErrorCode::kUsage, "is a file, but a folder is needed", path.string(),
              "name another folder, or move the file to another place");
}

}  // namespace

void MakeFolder(const fs::path& folder) {
  std::error_code ec;
  if (folder.empty() || fs::is_directory(folder, ec)) return;
  // Step by step, so that the one that cannot be made is known.
  fs::path made;
  for (const fs::path& part : folder) {
    const fs::path above = made;
    made /= part;
    const auto status = fs::status(made, ec);
    if (fs::is_directory(status) || part.empty()) continue;
    if (fs::exists(status)) ThrowIfFile(made);
    if (fs::is_symlink(fs::symlink_status(made, ec))) {
      throw Error(ErrorCode::kUsage, "is a link to a folder that does not exist", made.string(),
                  "name another folder, or make the folder that the link points to");
    }
    if (fs::create_directory(made, ec)) continue;
    const int code = ec.value();
    if (fs::is_directory(made, ec)) continue;  // another process made it
    Refuse(above, "the folder \"" + part.string() + "\" cannot be made in this folder", code);
  }
}

void ThrowCannotWrite(const fs::path& file, int code) {
  const fs::path folder = file.parent_path();
  std::error_code ec;
  if (code == ENOTDIR) {
    // One of its folders is a file.
    MakeFolder(folder);
  }
  if (code == ENAMETOOLONG) {
    throw Error(ErrorCode::kLimit, "cannot be written: the name is too long", file.string(),
                "give the file a shorter name");
  }
  // An existing file that may not be written, in a folder that may.
  const bool by_file = fs::exists(file, ec) && ::access(DisplayPath(folder).c_str(), W_OK) == 0;
  if (by_file) {
    throw Error(ErrorCode::kIo, std::string("cannot be written: ") + std::strerror(code),
                file.string(), "change its permissions, or name another file");
  }
  Refuse(folder, "the file \"" + file.filename().string() + "\" cannot be written in this folder",
         code);
}

std::string ShortenFileName(const std::string& name) {
  constexpr std::size_t kMost = 200;
  if (name.size() <= kMost) return name;
  const std::string hash = fmt::format("-{}", ToHexDigits(Fnv1a(name)));
  std::size_t keep = kMost - hash.size();
  // Not within a character of UTF-8.
  while (keep > 0 && (static_cast<unsigned char>(name[keep]) & 0xC0) == 0x80) --keep;
  return name.substr(0, keep) + hash;
}

}  // namespace mhcnn
