#include "mhcnn/model/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"

namespace mhcnn {
namespace {

using Json = nlohmann::json;
constexpr std::uint64_t kMaxHeader = 25'000'000;  // the format allows 100; ours need 0.1
constexpr int kMaxNesting = 3;
constexpr std::uint64_t kMaxFile = std::uint64_t{8} << 30;

std::optional<DType> DTypeFromName(const std::string& name) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat16, DType::kBFloat16, DType::kFloat64,
                            DType::kInt64, DType::kInt32, DType::kUInt8}) {
    if (name == DTypeName(dtype)) return dtype;
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const std::filesystem::path& path, const std::vector<std::uint8_t>& content)
      : path_(path), content_(content) {}

  SafetensorsFile Read() {
    if (content_.size() < 8) Fail("is shorter than a safetensors header");
    std::uint64_t header_size = 0;
    std::memcpy(&header_size, content_.data(), 8);
    if (header_size > kMaxHeader || header_size > content_.size() - 8) {
      Fail("is not a safetensors file, or is cut short: its header claims " +
           std::to_string(header_size) + " bytes");
    }
    const auto begin = content_.begin() + 8;
    const Json header =
        Json::parse(begin, begin + static_cast<std::ptrdiff_t>(header_size), UniqueKeys(), false);
    if (!header.is_object()) Fail("has a header that is not a JSON object");
    data_ = content_.data() + 8 + header_size;
    data_size_ = content_.size() - 8 - header_size;
    SafetensorsFile file;
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        ReadMetadata(entry, file);
      } else {
        file.tensors.emplace(name, ReadTensor(name, entry));
      }
    }
    CheckCoverage();
    return file;
  }

 private:
  /// A second entry of the same name would silently replace the first.
  Json::parser_callback_t UniqueKeys() {
    return [this](int depth, Json::parse_event_t event, Json& parsed) {
      if (depth > kMaxNesting) Fail("has a header of unknown form");
      if (event == Json::parse_event_t::key && depth == 1) {
        const auto& key = parsed.get_ref<const std::string&>();
        if (!names_.insert(key).second) Fail("names '" + key + "' twice");
      }
      return true;
    };
  }

  void ReadMetadata(const Json& entry, SafetensorsFile& file) const {
    if (!entry.is_object()) Fail("has metadata that is not an object");
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) Fail("has metadata '" + key + "' that is not a string");
      file.metadata[key] = value.get<std::string>();
    }
  }

  Tensor ReadTensor(const std::string& name, const Json& entry) {
    const auto bad = [&](const std::string& what) { Fail("tensor '" + name + "' " + what); };
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
        !entry.contains("data_offsets") || !entry["dtype"].is_string() ||
        !entry["shape"].is_array() || !entry["data_offsets"].is_array() ||
        entry["data_offsets"].size() != 2) {
      bad("lacks dtype, shape or data_offsets");
    }
    Tensor tensor;
    const auto dtype = DTypeFromName(entry["dtype"].get<std::string>());
    if (!dtype) bad("has the unknown type " + entry["dtype"].get<std::string>());
    tensor.dtype = *dtype;
    std::uint64_t size = DTypeSize(*dtype);
    for (const auto& side : entry["shape"]) {
      if (!side.is_number_unsigned()) bad("has a shape that is not of whole numbers");
      const auto n = side.get<std::uint64_t>();
      if (n > kMaxFile || (n > 0 && size > kMaxFile / n)) bad("is larger than any file");
      size *= n;
      tensor.shape.push_back(static_cast<std::int64_t>(n));
    }
    const auto& offsets = entry["data_offsets"];
    if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
      bad("has offsets that are not whole numbers");
    const auto begin = offsets[0].get<std::uint64_t>(), end = offsets[1].get<std::uint64_t>();
    if (begin > end || end > data_size_) bad("lies outside the file: it is cut short or damaged");
    if (end - begin != size) bad("has another size than its shape says");
    tensor.bytes.assign(data_ + begin, data_ + end);
    spans_.emplace_back(begin, end);
    return tensor;
  }

  /// The format leaves neither gaps nor overlaps between tensors.
  void CheckCoverage() {
    std::sort(spans_.begin(), spans_.end());
    std::uint64_t at = 0;
    for (const auto& [begin, end] : spans_) {
      if (begin != at) Fail("has tensors that overlap or leave gaps");
      at = end;
    }
    if (at != data_size_) Fail("has bytes that belong to no tensor");
  }

  [[noreturn]] void Fail(const std::string& what) const {
    throw Error(ErrorCode::kCorrupt, what, path_.string(), "copy or make the file again");
  }

  const std::filesystem::path& path_;
  const std::vector<std::uint8_t>& content_;
  const std::uint8_t* data_ = nullptr;
  std::uint64_t data_size_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> spans_;
  std::unordered_set<std::string> names_;
};

}  // namespace

SafetensorsFile ReadSafetensors(const std::filesystem::path& path) {
  const auto content = ReadFile(path, kMaxFile);
  return Reader(path, content).Read();
}

void WriteSafetensors(const std::filesystem::path& path, const SafetensorsFile& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    header[name] = {{"dtype", DTypeName(tensor.dtype)},
                    {"shape", tensor.shape},
                    {"data_offsets", {offset, offset + tensor.bytes.size()}}};
    offset += tensor.bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // tensors start aligned
  const std::uint64_t size = text.size();
  AtomicFile out(path);
  out.Write(&size, 8);
  out.Write(text);
  for (const auto& [name, tensor] : file.tensors)
    out.Write(tensor.bytes.data(), tensor.bytes.size());
  out.Commit();
}

}  // namespace mhcnn
