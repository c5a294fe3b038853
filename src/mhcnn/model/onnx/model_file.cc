#include "mhcnn/model/onnx/model_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/version.h"
#include "mhcnn/model/onnx/graph.h"

namespace mhcnn {
namespace {

constexpr std::uint64_t kMaxModel = std::uint64_t{1} << 30;
constexpr const char* kChecksumKey = "mhcnn.crc32";
constexpr const char* kFormat = "mhcnn-model/1";

void AddMetadata(onnx::ModelProto& model, const std::string& key, const std::string& value) {
  auto* property = model.add_metadata_props();
  property->set_key("mhcnn." + key);
  property->set_value(value);
}

onnx::ModelProto Parse(const std::filesystem::path& path) {
  const auto content = ReadFile(path, kMaxModel);
  onnx::ModelProto model;
  google::protobuf::io::CodedInputStream stream(content.data(), static_cast<int>(content.size()));
  const google::protobuf::LogSilencer quiet;
  if (!model.ParseFromCodedStream(&stream) || !model.has_graph()) {
    throw Error(ErrorCode::kCorrupt, "is not an ONNX model, or is damaged", path.string(),
                "copy it again");
  }
  return model;
}

/// CRC-32 of the graph, to go on from: what takes the time.
uLong SumOfGraph(const onnx::ModelProto& model) {
  const std::string bytes = model.graph().SerializeAsString();
  return crc32_z(crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

/// CRC-32 of the graph and of the metadata for which `counts` holds, in hexadecimal.
template <typename Counts>
std::string ChecksumOf(const onnx::ModelProto& model, uLong sum, const Counts& counts) {
  const auto add = [&](const std::string& bytes) {
    sum = crc32_z(sum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  };
  for (const auto& property : model.metadata_props()) {
    if (!counts(property.key())) continue;
    add(property.key());
    add(property.value());
  }
  char text[9];
  std::snprintf(text, sizeof text, "%08lx", sum);
  return text;
}

/// Of all but itself. A bit flipped in a weight leaves a network that runs and is wrong.
std::string Checksum(const onnx::ModelProto& model, uLong graph) {
  return ChecksumOf(model, graph, [](const std::string& key) { return key != kChecksumKey; });
}

/// What the numbers that a picture gives depend on.
std::string Fingerprint(const onnx::ModelProto& model, uLong graph) {
  return ChecksumOf(model, graph, [](const std::string& key) { return key == "mhcnn.preprocess"; });
}

/// A checker's message may have several lines; the first says what is wrong.
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

/// Text that is valid UTF-8 whatever paths stand in it.
std::string Dump(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A model must hold its weights itself: a file name inside it could point anywhere.
bool HasExternalData(const onnx::GraphProto& graph) {
  const auto external = [](const onnx::TensorProto& tensor) {
    return tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0;
  };
  const auto& weights = graph.initializer();
  return std::any_of(weights.begin(), weights.end(), external) ||
         std::any_of(graph.node().begin(), graph.node().end(), [&](const auto& node) {
           return std::any_of(node.attribute().begin(), node.attribute().end(),
                              [&](const auto& a) { return external(a.t()) || a.has_g(); });
         });
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
  AddMetadata(model, "crc32", Checksum(model, SumOfGraph(model)));
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

void WriteModelWith(const std::filesystem::path& from, const std::filesystem::path& to,
                    CardPart part, const nlohmann::json& value) {
  ReadModelCard(from);  // so that a damaged model does not get a fresh checksum
  onnx::ModelProto model = Parse(from);
  const auto set = [&](const std::string& key, const std::string& text) {
    for (auto& property : *model.mutable_metadata_props()) {
      if (property.key() == key) property.set_value(text);
    }
  };
  set(part == CardPart::kCalibration ? "mhcnn.calibration" : "mhcnn.training", Dump(value));
  set(kChecksumKey, Checksum(model, SumOfGraph(model)));
  WriteFileAtomically(to, model.SerializeAsString());
}

ModelCard ReadModelCard(const std::filesystem::path& path) {
  const onnx::ModelProto model = Parse(path);
  std::map<std::string, std::string> metadata;
  for (const auto& property : model.metadata_props()) metadata[property.key()] = property.value();
  if (metadata["mhcnn.format"] != kFormat) {
    throw Error(ErrorCode::kUnsupported,
                metadata["mhcnn.format"].empty()
                    ? "is an ONNX model, but not one of MH-CNN"
                    : "is a model of the format '" + metadata["mhcnn.format"] + "'",
                path.string(), "give a model written by mhcnn export of this version");
  }
  if (HasExternalData(model.graph())) {
    throw Error(ErrorCode::kUnsupported, "keeps its weights in other files", path.string(),
                "give a self-contained model");
  }
  try {
    const auto json = [&](const std::string& key) { return ParseJson(metadata["mhcnn." + key]); };
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
    const uLong graph = SumOfGraph(model);
    card.fingerprint = Fingerprint(model, graph);
    CheckCard(card);
    if (metadata[kChecksumKey] != Checksum(model, graph)) {
      throw Error(ErrorCode::kCorrupt, "does not have the checksum that was written with it",
                  path.string(), "copy or export the model again");
    }
    return card;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::kCorrupt, "has metadata that cannot be read", path.string(),
                "export the model again");
  } catch (const Error& e) {
    throw Error(ErrorCode::kCorrupt, e.problem(), path.string(),
                e.remedy().empty() ? "export the model again" : e.remedy());
  }
}

}  // namespace mhcnn
