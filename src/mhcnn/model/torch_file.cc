#include "mhcnn/model/torch_file.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/zip_archive.h"
#include "mhcnn/model/restricted_pickle.h"

namespace mhcnn {
namespace {

using Kind = PickleValue::Kind;

[[noreturn]] void Corrupt(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, what, "", "copy the file again");
}

std::optional<DType> StorageType(const std::string& global) {
  static const std::map<std::string, DType> types = {
      {"torch FloatStorage", DType::kFloat32},     {"torch HalfStorage", DType::kFloat16},
      {"torch BFloat16Storage", DType::kBFloat16}, {"torch DoubleStorage", DType::kFloat64},
      {"torch LongStorage", DType::kInt64},        {"torch IntStorage", DType::kInt32},
      {"torch ByteStorage", DType::kUInt8}};
  const auto found = types.find(global);
  return found == types.end() ? std::nullopt : std::optional(found->second);
}

/// A tensor's place in a storage, from the arguments of _rebuild_tensor_v2(storage, offset, size,
/// stride, …).
struct View {
  std::string storage;
  DType dtype = DType::kFloat32;
  std::uint64_t offset = 0;
  std::vector<std::int64_t> shape, strides;
};

std::vector<std::int64_t> Integers(const PickleValue& value) {
  if (value.kind != Kind::kSequence || value.items().size() > 8)
    Corrupt("has a tensor with a shape that is not a list");
  std::vector<std::int64_t> numbers;
  for (const auto& item : value.items()) {
    if (item.kind != Kind::kInt || item.integer < 0 || item.integer > (1LL << 32)) {
      Corrupt("has a tensor with a shape that is not a list of counts");
    }
    numbers.push_back(item.integer);
  }
  return numbers;
}

View ReadView(const PickleValue& tensor) {
  const auto& arguments = tensor.items();
  if (arguments.size() < 4 || arguments[0].kind != Kind::kPersistent ||
      arguments[1].kind != Kind::kInt) {
    Corrupt("has a tensor without a storage");
  }
  const auto& id = arguments[0].items();  // ("storage", type, key, device, count, view)
  if (id.size() < 5 || id[1].kind != Kind::kGlobal || id[2].kind != Kind::kString) {
    Corrupt("has a tensor whose storage has no name");
  }
  View view;
  view.storage = id[2].text;
  const auto dtype = StorageType(id[1].text);
  if (!dtype)
    throw Error(ErrorCode::kUnsupported, "contains a tensor of type '" + id[1].text + "'");
  view.dtype = *dtype;
  if (arguments[1].integer < 0) Corrupt("has a tensor before its storage");
  view.offset = static_cast<std::uint64_t>(arguments[1].integer);
  view.shape = Integers(arguments[2]);
  view.strides = Integers(arguments[3]);
  if (view.shape.size() != view.strides.size())
    Corrupt("has a tensor with unequal shape and strides");
  return view;
}

/// The view's elements in row-major order; strides may permute, as the TensorFlow ports' do.
Tensor Gather(const View& view, std::string_view storage) {
  Tensor tensor;
  tensor.dtype = view.dtype;
  tensor.shape = view.shape;
  const std::uint64_t item = DTypeSize(view.dtype), available = storage.size() / item;
  if (std::find(view.shape.begin(), view.shape.end(), 0) != view.shape.end()) return tensor;
  if (view.offset >= available) Corrupt("has a tensor that begins beyond its storage");
  std::uint64_t count = 1, last = view.offset;
  for (std::size_t d = 0; d < view.shape.size(); ++d) {
    const auto side = static_cast<std::uint64_t>(view.shape[d]);
    count *= side;
    last += (side - 1) * static_cast<std::uint64_t>(view.strides[d]);
    if (count > available || last >= available)
      Corrupt("has a tensor that reaches beyond its storage");
  }
  tensor.bytes.resize(count * item);
  std::vector<std::int64_t> index(view.shape.size(), 0);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t at = view.offset;
    for (std::size_t d = 0; d < index.size(); ++d)
      at += static_cast<std::uint64_t>(index[d] * view.strides[d]);
    std::memcpy(tensor.bytes.data() + i * item, storage.data() + at * item, item);
    for (std::size_t d = index.size(); d-- > 0;) {
      if (++index[d] < view.shape[d]) break;
      index[d] = 0;
    }
  }
  return tensor;
}

std::map<std::string, std::string_view> ReadStorages(std::string_view data, std::size_t at,
                                                     const std::map<std::string, DType>& types) {
  const PickleValue keys = ReadRestrictedPickle(data, at);
  if (keys.kind != Kind::kSequence) Corrupt("has no list of storages");
  std::map<std::string, std::string_view> storages;
  for (const auto& key : keys.items()) {
    const auto type = types.find(key.text);
    if (data.size() - at < 8) Corrupt("is cut short");
    std::uint64_t count = 0;
    std::memcpy(&count, data.data() + at, 8);
    at += 8;
    // A storage no tensor names has an unknown item size; nothing behind it could be found.
    if (type == types.end()) Corrupt("has a storage that no tensor uses");
    const std::uint64_t item = DTypeSize(type->second);
    if (count > (data.size() - at) / item) Corrupt("is cut short");
    storages[key.text] = data.substr(at, count * item);
    at += count * item;
  }
  return storages;
}

using Storages = std::map<std::string, std::string_view>;
using Views = std::vector<std::pair<std::string, View>>;

/// The state dict of a saved value: itself, or what a training program put beside other things.
const PickleValue& StateDict(const PickleValue& saved) {
  if (saved.kind != Kind::kDict) throw Error(ErrorCode::kUnsupported, "is not a state dict");
  for (std::size_t i = 0; i + 1 < saved.items().size(); i += 2) {
    const PickleValue &name = saved.items()[i], &value = saved.items()[i + 1];
    const bool wraps =
        name.kind == Kind::kString &&
        (name.text == "state_dict" || name.text == "model_state_dict" || name.text == "model");
    if (wraps && value.kind == Kind::kDict) return value;
  }
  return saved;
}

Views ReadViews(const PickleValue& state) {
  Views views;
  for (std::size_t i = 0; i + 1 < state.items().size(); i += 2) {
    const PickleValue &name = state.items()[i], &value = state.items()[i + 1];
    if (name.kind != Kind::kString || value.kind != Kind::kTensor) {
      throw Error(ErrorCode::kUnsupported, "is not a state dict of tensors", "",
                  "save model.state_dict() with torch.save");
    }
    views.emplace_back(name.text, ReadView(value));
  }
  return views;
}

/// Types of all storages in a saved value, of tensors that are not wanted too: a legacy file can
/// only be read past a storage whose item size is known.
void CollectTypes(const PickleValue& value, std::map<std::string, DType>& types) {
  if (value.kind == Kind::kTensor) {
    const View view = ReadView(value);
    types[view.storage] = view.dtype;
  } else if (value.kind == Kind::kDict || value.kind == Kind::kSequence) {
    for (const auto& item : value.items()) CollectTypes(item, types);
  }
}

std::vector<std::pair<std::string, Tensor>> GatherAll(const Views& views, const Storages& storages,
                                                      std::uint64_t file_size) {
  std::vector<std::pair<std::string, Tensor>> tensors;
  std::uint64_t total = 0;
  for (const auto& [name, view] : views) {
    const auto storage = storages.find(view.storage);
    if (storage == storages.end()) Corrupt("lacks the storage of '" + name + "'");
    tensors.emplace_back(name, Gather(view, storage->second));
    // Tied weights share a storage; thousands of views of a large one only fill the memory.
    total += tensors.back().second.bytes.size();
    if (total > 4 * file_size) Corrupt("has more tensors than its storages can fill");
  }
  return tensors;
}

std::vector<std::pair<std::string, Tensor>> ReadLegacy(std::string_view data) {
  std::size_t at = 0;
  const PickleValue magic = ReadRestrictedPickle(data, at);
  const PickleValue protocol = ReadRestrictedPickle(data, at);
  if (magic.kind != Kind::kInt || protocol.kind != Kind::kInt || protocol.integer != 1001) {
    Corrupt("is not a file of torch.save");
  }
  ReadRestrictedPickle(data, at);  // sizes of types on the machine that saved it
  const PickleValue saved = ReadRestrictedPickle(data, at);
  std::map<std::string, DType> types;
  CollectTypes(saved, types);
  const Views views = ReadViews(StateDict(saved));
  return GatherAll(views, ReadStorages(data, at, types), data.size());
}

/// The zip file that torch.save writes since 1.6: NAME/data.pkl, and NAME/data/KEY for each
/// storage.
std::vector<std::pair<std::string, Tensor>> ReadZip(const std::filesystem::path& path) {
  const ZipArchive archive(path);
  const auto ends = [](const std::string& name, std::string_view end) {
    return name.size() >= end.size() && name.ends_with(end);
  };
  std::string folder;
  for (const auto& name : archive.members()) {
    if (ends(name, "/data.pkl")) folder = name.substr(0, name.size() - 8);
  }
  if (folder.empty()) Corrupt("is a zip file, but not one of torch.save");
  const auto text = [&](const std::string& member) {
    const auto bytes = archive.Read(folder + member);
    return std::string(bytes.begin(), bytes.end());
  };
  const auto& members = archive.members();
  if (std::binary_search(members.begin(), members.end(), folder + "byteorder") &&
      text("byteorder") != "little") {
    throw Error(ErrorCode::kUnsupported, "was saved on a big-endian machine");
  }
  const std::string pickle = text("data.pkl");
  std::size_t at = 0;
  const Views views = ReadViews(StateDict(ReadRestrictedPickle(pickle, at)));
  std::map<std::string, std::string> contents;
  Storages storages;
  for (const auto& [name, view] : views) {
    if (contents.count(view.storage)) continue;
    storages[view.storage] = contents[view.storage] = text("data/" + view.storage);
  }
  return GatherAll(views, storages, std::filesystem::file_size(path));
}

}  // namespace

std::vector<std::pair<std::string, Tensor>> ReadTorchFile(const std::filesystem::path& path) {
  const auto content = ReadFile(path, std::uint64_t{2} << 30);
  const std::string_view data(reinterpret_cast<const char*>(content.data()), content.size());
  try {
    return data.starts_with("PK") ? ReadZip(path) : ReadLegacy(data);
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

}  // namespace mhcnn
