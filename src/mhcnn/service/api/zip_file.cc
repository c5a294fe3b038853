#include "mhcnn/service/api/zip_file.h"

#include <zlib.h>

#include <cstdint>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr std::uint64_t kLargest = 0xFFFF'FFFF;
constexpr std::uint16_t kVersion = 20, kUtf8Name = 0x0800, kStored = 0;
/// Time of all members, 1 January 1980, the first day of the format: equal files, equal archives.
constexpr std::uint16_t kTime = 0, kDate = 0x21;

void Put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

/// Returns the fields that the header of a file and its entry in the directory have in common.
std::string Common(const std::string& name, const std::string& content) {
  std::string fields;
  Put(fields, kVersion, 2);
  Put(fields, kUtf8Name, 2);
  Put(fields, kStored, 2);
  Put(fields, kTime, 2);
  Put(fields, kDate, 2);
  Put(fields, ::crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()), 4);
  Put(fields, content.size(), 4);
  Put(fields, content.size(), 4);
  Put(fields, name.size(), 2);
  Put(fields, 0, 2);  // extra field
  return fields;
}

}  // namespace

std::string MakeZipFile(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string archive, directory;
  for (const auto& [name, content] : files) {
    const std::uint64_t at = archive.size();
    if (at + content.size() + name.size() + directory.size() > kLargest - 1024 ||
        files.size() > 0xFFFF) {
      throw Error(ErrorCode::kLimit, "the files are too large for one archive");
    }
    const std::string common = Common(name, content);
    Put(archive, 0x04034b50, 4);
    archive += common + name + content;
    Put(directory, 0x02014b50, 4);
    Put(directory, kVersion, 2);
    directory += common;
    Put(directory, 0, 2);  // comment
    Put(directory, 0, 2);  // disk
    Put(directory, 0, 2);  // internal attributes
    Put(directory, 0, 4);  // external attributes
    Put(directory, at, 4);
    directory += name;
  }
  const std::uint64_t begin = archive.size();
  archive += directory;
  Put(archive, 0x06054b50, 4);
  Put(archive, 0, 4);  // disks
  Put(archive, files.size(), 2);
  Put(archive, files.size(), 2);
  Put(archive, directory.size(), 4);
  Put(archive, begin, 4);
  Put(archive, 0, 2);  // comment
  return archive;
}

}  // namespace mhcnn
