#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "mhcnn/loader/prepared_sample.h"

namespace mhcnn {

/// Prepared samples in one file of records of equal size, so that a data set may be larger than
/// memory: what is read again and again stays in the system's page cache, which gives way to
/// whatever else needs the memory. Several threads and processes may use a file at the same time. A
/// record that a kill or a power cut left unfinished counts as missing.
class PreparedStore {
 public:
  /// Opens or makes the file; the folder is made too. An empty path: a file without a name in the
  /// system's folder for temporary files, gone with the store. Throws Error(kIo).
  PreparedStore(const std::filesystem::path& path, cv::Size input, std::size_t masks);
  ~PreparedStore();
  PreparedStore(const PreparedStore&) = delete;
  PreparedStore& operator=(const PreparedStore&) = delete;

  /// Returns whether the record was made from what `fingerprint` identifies.
  bool Has(std::size_t record, std::uint64_t fingerprint) const;
  /// Returns the percent of such a record's masks, or nothing where they give none or the record is
  /// missing.
  std::optional<double> ReadPercent(std::size_t record, std::uint64_t fingerprint) const;
  /// Returns a record; nothing if it is missing or damaged.
  std::optional<PreparedSample> Read(std::size_t record, std::uint64_t fingerprint) const;
  /// Writes a record. Throws Error(kIo), on a full disk with what to do.
  void Write(std::size_t record, std::uint64_t fingerprint, const PreparedSample& sample);

 private:
  struct Header;
  std::optional<Header> ReadHeader(std::size_t record, std::uint64_t fingerprint) const;

  std::string name_;
  int fd_ = -1;
  cv::Size input_;
  std::size_t masks_, pixels_, record_size_;
};

}  // namespace mhcnn
