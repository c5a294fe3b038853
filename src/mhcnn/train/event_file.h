#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mhcnn {

/// TensorBoard event file: TFRecords (length, masked CRC-32C, data, masked CRC-32C) of
/// `tensorflow.Event` protocol buffers. Each call appends, so that a TensorBoard that has opened
/// the file shows the run while it continues.
class EventFile {
 public:
  /// Opens the file and cuts it to `size`, the size when the state of a resumed run was saved, so
  /// that no step is in it twice. Begins a new file if `size` is 0 or the file is shorter than
  /// `size`. Throws Error(kIo).
  EventFile(std::filesystem::path path, std::uint64_t size);

  /// Appends values by tag. Throws Error(kIo).
  void Scalars(std::uint64_t step, const std::vector<std::pair<std::string, double>>& values);
  /// Appends a text. Throws Error(kIo).
  void Text(std::uint64_t step, const std::string& tag, const std::string& markdown);
  /// Appends a picture. `png`: an encoded colour picture.
  void Picture(std::uint64_t step, const std::string& tag, int width, int height,
               std::string_view png);

  /// Returns the number of bytes written so far, all flushed to the operating system.
  std::uint64_t size() const { return size_; }

 private:
  void Append(std::uint64_t step, std::string_view summary);
  void Record(std::string_view data);

  std::filesystem::path path_;
  std::uint64_t size_ = 0;
};

}  // namespace mhcnn
