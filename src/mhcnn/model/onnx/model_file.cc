#include "mhcnn/model/onnx/model_file.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <zlib.h>

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/file_bytes.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/model/onnx/graph.h"
#include "mhcnn/model/onnx/model_scan.h"

namespace mhcnn {
namespace {

constexpr const char* kChecksumKey = "mhcnn.crc32";
constexpr const char* kFormat = "mhcnn-model/1";

void AddMetadata(onnx::ModelProto& model, const std::string& key, const std::string& value) {
  auto* property = model.add_metadata_props();
  property->set_key("mhcnn." + key);
  property->set_value(value);
}

onnx::ModelProto Parse(const std::filesystem::path& path) {
  const auto content = ReadFile(path, kMaxModelBytes);
  onnx::ModelProto model;
  google::protobuf::io::CodedInputStream stream(content.data(), static_cast<int>(content.size()));
  const google::protobuf::LogSilencer quiet;
  if (!model.ParseFromCodedStream(&stream) || !model.has_graph()) {
    throw Error(ErrorCode::kCorrupt, "is not an ONNX model, or is damaged", path.string(),
                "copy it again");
  }
  return model;
}

using Metadata = std::vector<std::pair<std::string, std::string>>;

Metadata ReadMetadataMap(const onnx::ModelProto& model) {
  Metadata metadata;
  for (const auto& property : model.metadata_props())
    metadata.emplace_back(property.key(), property.value());
  return metadata;
}

uLong AddBytes(uLong sum, const void* bytes, std::size_t size) {
  return crc32_z(sum, static_cast<const Bytef*>(bytes), size);
}

/// CRC-32 of the graph, to go on from: what takes the time.
uLong ChecksumGraph(std::span<const std::uint8_t> graph) {
  return AddBytes(crc32(0, nullptr, 0), graph.data(), graph.size());
}

uLong ChecksumGraph(const onnx::ModelProto& model) {
  const std::string bytes = model.graph().SerializeAsString();
  return AddBytes(crc32(0, nullptr, 0), bytes.data(), bytes.size());
}

/// CRC-32 of the graph and of the metadata for which `counts` holds, in hexadecimal.
template <typename Counts>
std::string ComputeChecksum(const Metadata& metadata, uLong sum, const Counts& counts) {
  for (const auto& [key, value] : metadata) {
    if (!counts(key)) continue;
    sum = AddBytes(sum, key.data(), key.size());
    sum = AddBytes(sum, value.data(), value.size());
  }
  return fmt::format("{:08x}", sum);
}

/// Returns the checksum of all but itself. With a bit flipped in a weight a network is wrong.
std::string Checksum(const Metadata& metadata, uLong graph) {
  return ComputeChecksum(metadata, graph,
                         [](const std::string& key) { return key != kChecksumKey; });
}

/// Returns the checksum of all that the numbers of an image depend on.
std::string Fingerprint(const Metadata& metadata, uLong graph) {
  return ComputeChecksum(metadata, graph,
                         [](const std::string& key) { return key == "mhcnn.preprocess"; });
}

/// A checker's message may have several lines; the first says what is wrong.
/// Text that is valid UTF-8 whatever paths stand in it.
std::string Dump(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The parts of a card must agree with each other. Throws Error whose problem names the part.
void CheckCard(const ModelCard& card) {
  card.network.Check();
  card.preprocess.Check();
  const auto fail = [](const std::string& problem) {
    throw Error(ErrorCode::kCorrupt, "has metadata " + problem);
  };
  if (card.masks != card.network.masks) fail("'masks' that are not those of its network");
  if (card.categories.size() != 4) fail("'categories' that are not four");
  for (const auto& [part, name] : {std::pair{&card.calibration, "calibration"},
                                   {&card.training, "training"},
                                   {&card.provenance, "provenance"}}) {
    if (!part->is_object()) fail(std::string("'") + name + "' that is not an object");
  }
}

void CheckSize(std::size_t bytes) {
  if (bytes <= kMaxModelBytes) return;
  throw Error(ErrorCode::kLimit,
              fmt::format("has {} bytes, more than the limit of {}", bytes, kMaxModelBytes));
}

/// A card whose graph has not been compared with the checksum.
ModelCard ParseCard(std::map<std::string, std::string>& metadata) {
  const auto json = [&](const std::string& key) { return ParseJson(metadata["mhcnn." + key]); };
  try {
    ModelCard card;
    card.name = metadata["mhcnn.name"];
    card.version = metadata["mhcnn.version"];
    card.network = json("network").get<NetworkOptions>();
    card.preprocess = json("preprocess").get<PreprocessOptions>();
    card.masks = json("masks").get<std::vector<std::string>>();
    card.categories = json("categories").get<std::vector<std::string>>();
    card.calibration = json("calibration");
    card.training = json("training");
    card.provenance = json("provenance");
    CheckCard(card);
    return card;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::kCorrupt, "has metadata that cannot be read", "",
                "export the model again");
  } catch (const Error& e) {
    throw Error(ErrorCode::kCorrupt, e.problem(), "",
                e.remedy().empty() ? "export the model again" : e.remedy());
  }
}

ModelCard ParseCard(const ScannedModel& model) {
  // Of two values of one key the last counts, as it does for whoever reads the file otherwise.
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : model.metadata) metadata[key] = value;
  if (metadata["mhcnn.format"] != kFormat) {
    throw Error(ErrorCode::kUnsupported,
                metadata["mhcnn.format"].empty()
                    ? "is an ONNX model, but not one of MH-CNN"
                    : "is a model of the format '" + metadata["mhcnn.format"] + "'",
                "", "give a model written by mhcnn export of this version");
  }
  if (model.has_external_data) {
    throw Error(ErrorCode::kUnsupported, "keeps its weights in other files", "",
                "give a self-contained model");
  }
  ModelCard card = ParseCard(metadata);
  const uLong graph = ChecksumGraph(model.graph);
  card.fingerprint = Fingerprint(model.metadata, graph);
  card.checksum = Checksum(model.metadata, graph);
  if (metadata[kChecksumKey] != card.checksum) {
    throw Error(ErrorCode::kCorrupt, "does not have the checksum that was written with it", "",
                "copy or export the model again");
  }
  return card;
}

}  // namespace

void WriteOnnxModel(const std::filesystem::path& path, const Checkpoint& checkpoint,
                    const ModelCard& card, const ExportOptions& options) {
  ModelCard whole = card;
  whole.network = checkpoint.network;
  whole.preprocess = checkpoint.preprocess;
  CheckCard(whole);
  const Network network = BuildNetwork(checkpoint.network);
  CheckWeights(network, checkpoint.weights);
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("mhcnn");
  model.set_producer_version(Version());
  model.set_doc_string("Breast density from mammograms. A research tool, not a medical device.");
  auto* opset = model.add_opset_import();
  opset->set_domain("");
  opset->set_version(17);
  *model.mutable_graph() =
      BuildGraph(network, checkpoint.weights, checkpoint.preprocess, options.half);
  AddMetadata(model, "format", kFormat);
  AddMetadata(model, "name", card.name);
  AddMetadata(model, "version", card.version);
  AddMetadata(model, "network", Dump(checkpoint.network));
  AddMetadata(model, "preprocess", Dump(checkpoint.preprocess));
  AddMetadata(model, "masks", Dump(card.masks));
  AddMetadata(model, "categories", Dump(card.categories));
  AddMetadata(model, "calibration", Dump(card.calibration));
  AddMetadata(model, "training", Dump(card.training));
  AddMetadata(model, "provenance", Dump(card.provenance));
  AddMetadata(model, "crc32", Checksum(ReadMetadataMap(model), ChecksumGraph(model)));
  try {
    onnx::checker::check_model(model);
  } catch (const std::exception& e) {
    throw Error(ErrorCode::kInternal,
                "the exported graph is not valid ONNX: " + FirstLine(e.what()), path.string());
  }
  std::string bytes;
  model.SerializeToString(&bytes);
  WriteFileAtomically(path, bytes);
}

void ReplaceCardPart(const std::filesystem::path& from, const std::filesystem::path& to,
                     CardPart part, const nlohmann::json& value) {
  ReadModelCard(from);  // so that a damaged model does not get a fresh checksum
  onnx::ModelProto model = Parse(from);
  const auto set = [&](const std::string& key, const std::string& text) {
    for (auto& property : *model.mutable_metadata_props()) {
      if (property.key() == key) property.set_value(text);
    }
  };
  set(part == CardPart::kCalibration ? "mhcnn.calibration" : "mhcnn.training", Dump(value));
  set(kChecksumKey, Checksum(ReadMetadataMap(model), ChecksumGraph(model)));
  WriteFileAtomically(to, model.SerializeAsString());
}

ModelCard ReadModelCard(const std::filesystem::path& path) {
  const FileBytes file(path);
  try {
    return file.Read([](std::span<const std::uint8_t> bytes) {
      CheckSize(bytes.size());
      return ParseCard(ScanModel(bytes));
    });
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

}  // namespace mhcnn
