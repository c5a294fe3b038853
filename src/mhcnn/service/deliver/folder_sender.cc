#include "mhcnn/service/deliver/folder_sender.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>  // renameat2
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file_bytes.h"
#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/base/flush.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/base/write_all.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

void WriteWhole(const fs::path& path, std::span<const std::uint8_t> bytes) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (file.get() < 0) ThrowCannotWrite(path, errno);
  if (!WriteAll(file.get(), bytes)) ThrowCannotWrite(path, errno);
  if (!FlushFile(file.get(), path)) ThrowCannotWrite(path, errno);
}

void FlushFolder(const fs::path& folder) {
  if (!FlushPath(folder)) ThrowCannotWrite(folder, errno);
}

/// Gives the file its name unless a file of that name exists. Returns false where it exists.
bool RenameToNew(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) ThrowCannotWrite(to, errno);
  // The file system cannot do it in one step. A hard link has the same effect where it supports
  // them; else nobody but this process writes into the folder of the study.
  if (::link(from.c_str(), to.c_str()) == 0) {
    ::unlink(from.c_str());
    return true;
  }
  if (errno == EEXIST || fs::exists(to)) return false;
  if (::rename(from.c_str(), to.c_str()) != 0) ThrowCannotWrite(to, errno);
  return true;
}

}  // namespace

std::string ToFileName(const std::string& uid) {
  const bool plain = !uid.empty() && uid.size() <= 128 && uid.front() != '.' &&
                     std::all_of(uid.begin(), uid.end(), [](unsigned char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                              (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
                     });
  return plain ? uid : "uid-" + Sha256Hex(uid).substr(0, 32);
}

void FolderSender::Copy(const OutgoingObject& object) const {
  const fs::path folder = destination_.folder / ToFileName(object.study_uid);
  MakeFolder(folder);
  const std::string stem = ToFileName(object.sop_uid);
  std::string extension = object.path.extension().string();
  if (stem.size() > extension.size() && stem.ends_with(extension)) extension.clear();
  const FileBytes content(object.path);
  const fs::path temporary =
      folder / fmt::format(".{}.{}.tmp", object.digest.substr(0, 16), ::getpid());
  try {
    content.Read([&](std::span<const std::uint8_t> bytes) { WriteWhole(temporary, bytes); });
    bool placed = false;
    for (const std::string& name :
         {stem + extension, fmt::format("{}-{}{}", stem, object.digest.substr(0, 16), extension)}) {
      placed = RenameToNew(temporary, folder / name) || FileSha256(folder / name) == object.digest;
      if (placed) break;
    }
    if (!placed) {
      throw Error(ErrorCode::kIo, "has other content under both names of the result",
                  (folder / (stem + extension)).string(), "move the older files away");
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  ::unlink(temporary.c_str());
  FlushFolder(folder);
}

void FolderSender::Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::error_code ignored;
    if (!hooks.may_send(fs::file_size(objects[i].path, ignored))) return;
    try {
      Copy(objects[i]);
      hooks.ended(i, {SendResult::kStored, ""});
    } catch (const Error& e) {
      hooks.ended(i, {SendResult::kTransient, e.what()});
    }
  }
}

SendOutcome FolderSender::Check() {
  try {
    MakeFolder(destination_.folder);
    const fs::path probe = destination_.folder / fmt::format(".mhcnn-check.{}.tmp", ::getpid());
    WriteWhole(probe, {});
    ::unlink(probe.c_str());
  } catch (const Error& e) {
    return {SendResult::kTransient, e.what()};
  }
  return {SendResult::kStored, "the folder can be written"};
}

}  // namespace mhcnn
