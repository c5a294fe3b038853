#include "mhcnn/base/zip_archive.h"

#include <zip.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kPiece = 65'536;

using Handle = std::unique_ptr<zip, void (*)(zip*)>;
using Member = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

Handle Open(const fs::path& path) {
  int code = 0;
  Handle archive(zip_open(path.c_str(), ZIP_RDONLY, &code), &zip_discard);
  if (archive) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw Error(code == ZIP_ER_NOENT ? ErrorCode::kNotFound : ErrorCode::kCorrupt,
              "is not a readable zip file (" + text + ")", path.string(),
              "copy it again, or unpack it yourself");
}

/// Returns the name of a packing method, by the numbers of PKWARE's APPNOTE 4.4.5.
std::string MethodName(unsigned method) {
  static const std::map<unsigned, std::string> names = {
      {9, "Deflate64"}, {12, "bzip2"},   {14, "LZMA"}, {93, "Zstandard"},
      {95, "XZ"},       {97, "WavPack"}, {98, "PPMd"}, {99, "AES"}};
  const auto name = names.find(method);
  return name != names.end() ? name->second : "method " + std::to_string(method);
}

}  // namespace

ZipArchive::ZipArchive(fs::path path) : path_(std::move(path)), archive_(Open(path_)) {
  const auto count =
      static_cast<std::size_t>(std::max<zip_int64_t>(0, zip_get_num_entries(archive_.get(), 0)));
  if (count > kMaxZipMembers) {
    throw Error(
        ErrorCode::kLimit,
        "contains " + std::to_string(count) + " files, more than " + std::to_string(kMaxZipMembers),
        path_.string(), "unpack it and give the folder");
  }
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive_.get(), i, 0, &about) == 0 && (about.valid & ZIP_STAT_SIZE)) {
      total += std::min(about.size, kMaxZipMemberBytes);  // no more of it is ever unpacked
    }
    const char* name = zip_get_name(archive_.get(), i, ZIP_FL_ENC_GUESS);
    if (name == nullptr) continue;
    const std::string text = name;
    if (!text.empty() && text.back() != '/') members_.push_back(text);
  }
  std::error_code ec;
  bytes_ = fs::file_size(path_, ec);
  if (ec) bytes_ = kMaxZipMemberBytes;
  if (total > (std::uint64_t{4} << 30) &&
      total / std::max<std::uint64_t>(1, bytes_) > kMaxZipTotalRatio) {
    throw Error(ErrorCode::kLimit, "unpacks to " + std::to_string(total) + " bytes", path_.string(),
                "unpack it yourself and give the folder");
  }
  std::sort(members_.begin(), members_.end());
  members_.erase(std::unique(members_.begin(), members_.end()), members_.end());
}

std::optional<std::vector<std::uint8_t>> ZipArchive::Head(const std::string& member,
                                                          std::size_t count) const {
  const Member file(zip_fopen(archive_.get(), member.c_str(), 0), &zip_fclose);
  if (!file) return std::nullopt;
  std::vector<std::uint8_t> bytes(count);
  const zip_int64_t got = zip_fread(file.get(), bytes.data(), count);
  if (got < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::uint64_t ZipArchive::CheckedSize(const std::string& member, const std::string& subject) const {
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_stat(archive_.get(), member.c_str(), 0, &about) != 0) {
    throw Error(ErrorCode::kNotFound, "is not in the zip file", subject);
  }
  if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) && about.encryption_method != ZIP_EM_NONE) {
    throw Error(ErrorCode::kUnsupported, "is encrypted", subject, "unpack the zip file yourself");
  }
  if ((about.valid & ZIP_STAT_COMP_METHOD) &&
      zip_compression_method_supported(about.comp_method, 0) == 0) {
    throw Error(ErrorCode::kUnsupported,
                "is packed with " + MethodName(about.comp_method) + ", which is not read", subject,
                "unpack the zip file yourself");
  }
  const std::uint64_t size = about.size;
  // What a damaged entry claims is not taken as memory.
  if (about.comp_size > bytes_) {
    throw Error(ErrorCode::kCorrupt, "is damaged in the zip file", subject,
                "copy the zip file again");
  }
  const bool bomb =
      size > (16u << 20) && size / std::max<std::uint64_t>(1, about.comp_size) > kMaxZipRatio;
  if (size > kMaxZipMemberBytes || bomb) {
    throw Error(ErrorCode::kLimit, "unpacks to " + std::to_string(size) + " bytes", subject,
                "unpack the zip file yourself");
  }
  return size;
}

void ZipArchive::Unpack(const std::string& member,
                        const std::function<void(std::string_view)>& sink) const {
  const std::string subject = (path_ / member).string();
  const std::uint64_t size = CheckedSize(member, subject);
  const Member file(zip_fopen(archive_.get(), member.c_str(), 0), &zip_fclose);
  if (!file) {
    throw Error(ErrorCode::kCorrupt,
                std::string("cannot be unpacked (") + zip_strerror(archive_.get()) + ")", subject,
                "copy the zip file again");
  }
  std::vector<char> piece(kPiece);
  std::uint64_t done = 0;
  while (done < size) {
    const zip_int64_t got =
        zip_fread(file.get(), piece.data(), std::min<std::uint64_t>(piece.size(), size - done));
    if (got <= 0) break;
    done += static_cast<std::uint64_t>(got);
    sink(std::string_view(piece.data(), static_cast<std::size_t>(got)));
  }
  // Reading past the end makes the library compare the checksum.
  char beyond = 0;
  if (done < size || zip_fread(file.get(), &beyond, 1) != 0) {
    throw Error(ErrorCode::kCorrupt, "is damaged in the zip file", subject,
                "copy the zip file again");
  }
}

std::vector<std::uint8_t> ZipArchive::Read(const std::string& member) const {
  const std::string subject = (path_ / member).string();
  std::vector<std::uint8_t> bytes;
  bytes.reserve(CheckedSize(member, subject));
  Unpack(member, [&bytes](std::string_view piece) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  });
  return bytes;
}

void ZipDirectoryLimits::Check() const {
  CheckAtLeast("members", static_cast<double>(members), 1);
  CheckAtLeast("bytes", static_cast<double>(bytes), 1);
}

void CheckZipDirectory(const fs::path& path, const ZipDirectoryLimits& limits) {
  limits.Check();
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw Error(ErrorCode::kIo, "cannot be opened", path.string());
  const auto size = static_cast<std::uint64_t>(file.tellg());
  // APPNOTE 4.3.16: the record of 22 bytes and its comment stand at the end; 4.3.15: before it the
  // locator of the record for more than 4 GiB or 65,535 members.
  const auto read = [&](std::uint64_t at, std::uint64_t count) {
    std::string bytes(std::min(count, size - std::min(at, size)), '\0');
    file.clear();
    file.seekg(static_cast<std::streamoff>(at));
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
  };
  const auto number = [](const std::string& bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) {
      value = value << 8 | (at + i < bytes.size() ? static_cast<std::uint8_t>(bytes[at + i]) : 0u);
    }
    return value;
  };
  const auto check = [&](std::uint64_t members, std::uint64_t bytes) {
    if (members <= limits.members && bytes <= limits.bytes) return;
    throw Error(ErrorCode::kLimit,
                "contains " + std::to_string(members) + " files, more than " +
                    std::to_string(limits.members),
                path.string(), "divide it into several zip files");
  };
  const std::uint64_t begin = size - std::min<std::uint64_t>(size, 65'535 + 22 + 20);
  const std::string tail = read(begin, size);
  // Each of them that stands there: it is not known which one the library chooses.
  for (auto at = tail.find("PK\x05\x06"); at != std::string::npos;
       at = tail.find("PK\x05\x06", at + 1)) {
    const std::uint64_t members = number(tail, at + 10, 2), bytes = number(tail, at + 12, 4);
    const bool large = at >= 20 && tail.compare(at - 20, 4, "PK\x06\x07") == 0;
    if (large) {
      const std::string record = read(number(tail, at - 20 + 8, 8), 56);
      if (record.compare(0, 4, "PK\x06\x06") == 0)
        check(number(record, 32, 8), number(record, 40, 8));
    }
    // A field is all ones if the record for large files gives its value instead.
    if (!large || (members != 0xFFFF && bytes != 0xFFFFFFFF)) check(members, bytes);
  }
}

bool HasZipExtension(const fs::path& path) { return ToLower(path.extension().string()) == ".zip"; }

}  // namespace mhcnn
