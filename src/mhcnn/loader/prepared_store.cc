#include "mhcnn/loader/prepared_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "mhcnn/base/checksum.h"
#include "mhcnn/base/error.h"

namespace mhcnn {
namespace fs = std::filesystem;

constexpr double kNoPercent = -1;  // in the file, where the masks give none

/// Followed by the image's values and, a byte a pixel, a bit for each mask.
struct PreparedStore::Header {
  std::uint64_t fingerprint = 0;
  double percent = kNoPercent;
  std::uint32_t present = 0;  ///< a bit for each mask
  std::uint32_t crc = 0;      ///< of what follows the header
};

namespace {

constexpr std::size_t kPage = 4096;

[[noreturn]] void ThrowErrno(const std::string& name, const std::string& action) {
  const int saved = errno;
  throw Error(ErrorCode::kIo, action + ": " + std::strerror(saved), name,
              saved == ENOSPC || saved == EDQUOT
                  ? "free some disk space, or set data.cache to a folder on a larger disk"
                  : "");
}

/// False where the file ends before.
bool ReadAt(int fd, void* to, std::size_t size, std::size_t offset, const std::string& name) {
  for (auto* next = static_cast<char*>(to); size > 0;) {
    const ssize_t n = ::pread(fd, next, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) ThrowErrno(name, "cannot be read");
    if (n == 0) return false;
    next += n, offset += static_cast<std::size_t>(n), size -= static_cast<std::size_t>(n);
  }
  return true;
}

void WriteAt(int fd, const void* from, std::size_t size, std::size_t offset,
             const std::string& name) {
  for (const auto* next = static_cast<const char*>(from); size > 0;) {
    const ssize_t n = ::pwrite(fd, next, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) ThrowErrno(name, "cannot be written");
    next += n, offset += static_cast<std::size_t>(n), size -= static_cast<std::size_t>(n);
  }
}

/// The part of a record's bytes behind the image.
cv::Mat1b MaskBits(std::string& bytes, cv::Size size) {
  return {size.height, size.width, reinterpret_cast<uchar*>(bytes.data()) + 2 * size.area()};
}

}  // namespace

PreparedStore::PreparedStore(const fs::path& path, cv::Size input, std::size_t masks)
    : name_(path.empty() ? fs::temp_directory_path().string() : path.string()),
      input_(input),
      masks_(masks),
      pixels_(static_cast<std::size_t>(input.area())),
      record_size_((sizeof(Header) + 3 * pixels_ + kPage - 1) / kPage * kPage) {
  if (path.empty()) {
    fd_ = ::open(name_.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
  } else {
    std::error_code ec;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), ec);
    fd_ = ::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  }
  if (fd_ < 0) ThrowErrno(name_, "cannot be opened for prepared images");
}

PreparedStore::~PreparedStore() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<PreparedStore::Header> PreparedStore::ReadHeader(std::size_t record,
                                                               std::uint64_t fingerprint) const {
  Header header;
  if (!ReadAt(fd_, &header, sizeof header, record * record_size_, name_)) return std::nullopt;
  return header.fingerprint == fingerprint ? std::optional(header) : std::nullopt;
}

bool PreparedStore::Has(std::size_t record, std::uint64_t fingerprint) const {
  return ReadHeader(record, fingerprint).has_value();
}

std::optional<double> PreparedStore::ReadPercent(std::size_t record,
                                                 std::uint64_t fingerprint) const {
  const auto header = ReadHeader(record, fingerprint);
  return header && header->percent >= 0 ? std::optional(header->percent) : std::nullopt;
}

std::optional<PreparedSample> PreparedStore::Read(std::size_t record,
                                                  std::uint64_t fingerprint) const {
  const auto header = ReadHeader(record, fingerprint);
  std::string bytes(3 * pixels_, '\0');
  if (!header ||
      !ReadAt(fd_, bytes.data(), bytes.size(), record * record_size_ + sizeof(Header), name_) ||
      Crc32c(bytes) != header->crc) {
    return std::nullopt;
  }
  PreparedSample sample;
  if (header->percent >= 0) sample.percent_of_masks = header->percent;
  sample.image.create(input_);
  std::memcpy(sample.image.data, bytes.data(), 2 * pixels_);
  const cv::Mat1b bits = MaskBits(bytes, input_);
  for (std::size_t m = 0; m < masks_; ++m) {
    sample.masks.emplace_back();
    if ((header->present >> m & 1) == 0) continue;
    cv::Mat1b mask;
    cv::bitwise_and(bits, cv::Scalar(1 << m), mask);
    sample.masks.back() = mask > 0;
  }
  return sample;
}

void PreparedStore::Write(std::size_t record, std::uint64_t fingerprint,
                          const PreparedSample& sample) {
  CV_Assert(sample.image.size() == input_ && sample.image.isContinuous() &&
            sample.masks.size() == masks_ && masks_ <= 8);
  Header header{.fingerprint = fingerprint,
                .percent = sample.percent_of_masks.value_or(kNoPercent)};
  std::string bytes(3 * pixels_, '\0');
  std::memcpy(bytes.data(), sample.image.data, 2 * pixels_);
  cv::Mat1b bits = MaskBits(bytes, input_);
  for (std::size_t m = 0; m < masks_; ++m) {
    if (sample.masks[m].empty()) continue;
    header.present |= 1u << m;
    cv::bitwise_or(bits, cv::Scalar(1 << m), bits, sample.masks[m]);
  }
  header.crc = Crc32c(bytes);
  // The header last: until then the record is missing.
  WriteAt(fd_, bytes.data(), bytes.size(), record * record_size_ + sizeof(Header), name_);
  WriteAt(fd_, &header, sizeof header, record * record_size_, name_);
}

}  // namespace mhcnn
