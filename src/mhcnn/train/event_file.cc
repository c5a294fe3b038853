#include "mhcnn/train/event_file.h"

#include <array>
#include <bit>
#include <chrono>
#include <fstream>

#include "mhcnn/base/checksum.h"
#include "mhcnn/base/error.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// The wire format of protocol buffers: a key of field number and wire type, then the value.
class Message {
 public:
  Message& Varint(int field, std::uint64_t value) { return Key(field, 0).AppendVarint(value); }
  Message& Double(int field, double value) {
    return Key(field, 1).Fixed(std::bit_cast<std::uint64_t>(value), 8);
  }
  Message& Float(int field, float value) {
    return Key(field, 5).Fixed(std::bit_cast<std::uint32_t>(value), 4);
  }
  Message& Bytes(int field, std::string_view value) {
    Key(field, 2).AppendVarint(value.size());
    bytes_ += value;
    return *this;
  }
  Message& Nested(int field, const Message& message) { return Bytes(field, message.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  Message& Key(int field, int type) {
    return AppendVarint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type));
  }
  Message& AppendVarint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
    return *this;
  }
  Message& Fixed(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> (8 * i));
    return *this;
  }

  std::string bytes_;
};

// Field numbers of tensorflow/core/util/event.proto, framework/summary.proto and tensor.proto.
constexpr int kEventWallTime = 1, kEventStep = 2, kEventFileVersion = 3, kEventSummary = 5;
constexpr int kSummaryValue = 1;
constexpr int kValueTag = 1, kValueSimple = 2, kValueImage = 4, kValueTensor = 8,
              kValueMetadata = 9;
constexpr int kImageHeight = 1, kImageWidth = 2, kImageColours = 3, kImageEncoded = 4;
constexpr int kMetadataPlugin = 1, kPluginName = 1;
constexpr int kTensorType = 1, kTensorShape = 2, kTensorStrings = 8, kTypeString = 7;
constexpr int kShapeDimension = 2, kDimensionSize = 1;

double Now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string LittleEndian(std::uint64_t value, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string MaskedCrc(std::string_view data) {
  const std::uint32_t crc = Crc32c(data);
  return LittleEndian(std::rotr(crc, 15) + 0xA282EAD8u, 4);
}

}  // namespace

EventFile::EventFile(fs::path path, std::uint64_t size) : path_(std::move(path)) {
  std::error_code error;
  const auto there = fs::file_size(path_, error);
  if (size > 0 && !error && there >= size) {
    fs::resize_file(path_, size, error);
    if (error) throw Error(ErrorCode::kIo, "cannot be cut: " + error.message(), path_.string());
    size_ = size;
    return;
  }
  fs::remove(path_, error);
  Record(Message().Double(kEventWallTime, Now()).Bytes(kEventFileVersion, "brain.Event:2").bytes());
}

void EventFile::Scalars(std::uint64_t step,
                        const std::vector<std::pair<std::string, double>>& values) {
  Message summary;
  for (const auto& [tag, value] : values) {
    summary.Nested(kSummaryValue,
                   Message().Bytes(kValueTag, tag).Float(kValueSimple, static_cast<float>(value)));
  }
  Append(step, summary.bytes());
}

void EventFile::Text(std::uint64_t step, const std::string& tag, const std::string& markdown) {
  const Message shape =
      Message().Nested(kShapeDimension, Message().Varint(kDimensionSize, std::uint64_t{1}));
  const Message tensor = Message()
                             .Varint(kTensorType, kTypeString)
                             .Nested(kTensorShape, shape)
                             .Bytes(kTensorStrings, markdown);
  const Message metadata = Message().Nested(kMetadataPlugin, Message().Bytes(kPluginName, "text"));
  Append(step, Message()
                   .Nested(kSummaryValue, Message()
                                              .Bytes(kValueTag, tag)
                                              .Nested(kValueMetadata, metadata)
                                              .Nested(kValueTensor, tensor))
                   .bytes());
}

void EventFile::Picture(std::uint64_t step, const std::string& tag, int width, int height,
                        std::string_view png) {
  const Message image = Message()
                            .Varint(kImageHeight, static_cast<std::uint64_t>(height))
                            .Varint(kImageWidth, static_cast<std::uint64_t>(width))
                            .Varint(kImageColours, 3)
                            .Bytes(kImageEncoded, png);
  Append(step,
         Message()
             .Nested(kSummaryValue, Message().Bytes(kValueTag, tag).Nested(kValueImage, image))
             .bytes());
}

void EventFile::Append(std::uint64_t step, std::string_view summary) {
  Record(Message()
             .Double(kEventWallTime, Now())
             .Varint(kEventStep, step)
             .Bytes(kEventSummary, summary)
             .bytes());
}

void EventFile::Record(std::string_view data) {
  const std::string length = LittleEndian(data.size(), 8);
  std::string record = length + MaskedCrc(length);
  record += data;
  record += MaskedCrc(data);
  std::ofstream file(path_, std::ios::binary | std::ios::app);
  file.write(record.data(), static_cast<std::streamsize>(record.size()));
  file.close();
  if (!file) {
    throw Error(ErrorCode::kIo, "cannot be written", path_.string(),
                "check the space left on the disk");
  }
  size_ += record.size();
}

}  // namespace mhcnn
