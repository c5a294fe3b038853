#include "model/onnx/model_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include "base/error.h"
#include "base/file.h"
#include "model/onnx/graph.h"

namespace mhcnn {
namespace {

constexpr std::uint64_t kMaxModel = std::uint64_t{1} << 30;
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

}  // namespace

void WriteOnnxModel(const std::filesystem::path& path, const Checkpoint& checkpoint,
                    const ModelCard& card, const ExportOptions& options) {
  const Network network = BuildNetwork(checkpoint.network);
  CheckWeights(network, checkpoint.weights);
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("mhcnn");
  model.set_producer_version(MHCNN_VERSION);
  model.set_doc_string("Breast density from mammograms. A research tool, not a medical device.");
  auto* opset = model.add_opset_import();
  opset->set_domain("");
  opset->set_version(17);
  *model.mutable_graph() =
      BuildGraph(network, checkpoint.weights, checkpoint.preprocess, options.half);
  AddMetadata(model, "format", kFormat);
  AddMetadata(model, "name", card.name);
  AddMetadata(model, "version", card.version);
  AddMetadata(model, "network", nlohmann::json(checkpoint.network).dump());
  AddMetadata(model, "preprocess", nlohmann::json(checkpoint.preprocess).dump());
  AddMetadata(model, "masks", nlohmann::json(card.masks).dump());
  AddMetadata(model, "categories", nlohmann::json(card.categories).dump());
  AddMetadata(model, "calibration", card.calibration.dump());
  AddMetadata(model, "training", card.training.dump());
  AddMetadata(model, "provenance", card.provenance.dump());
  try {
    onnx::checker::check_model(model);
  } catch (const std::exception& e) {
    throw Error(ErrorCode::kInternal,
                std::string("the exported graph is not valid ONNX: ") + e.what(), path.string());
  }
  std::string bytes;
  model.SerializeToString(&bytes);
  WriteFileAtomically(path, bytes);
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
  try {
    const auto json = [&](const std::string& key) {
      return nlohmann::json::parse(metadata["mhcnn." + key]);
    };
    ModelCard card;
    card.name = metadata["mhcnn.name"];
    card.version = metadata["mhcnn.version"];
    card.network = json("network").get<NetworkOptions>();
    card.preprocess = json("preprocess").get<PreprocessOptions>();
    card.preprocess.Check();
    card.masks = json("masks").get<std::vector<std::string>>();
    card.categories = json("categories").get<std::vector<std::string>>();
    card.calibration = json("calibration");
    card.training = json("training");
    card.provenance = json("provenance");
    return card;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::kCorrupt, "has metadata that cannot be read", path.string(),
                "export the model again");
  } catch (const Error& e) {
    throw Error(ErrorCode::kCorrupt, e.problem(), path.string(), "export the model again");
  }
}

}  // namespace mhcnn
