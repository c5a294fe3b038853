#include "mhcnn/model/checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/json.h"
#include "mhcnn/model/safetensors.h"

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
  try {
    return ParseJson(found->second);
  } catch (const Error& e) {
    throw Error(ErrorCode::kCorrupt, std::string("metadata '") + key + "' " + e.problem());
  }
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
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

bool IsCheckpoint(const std::filesystem::path& path) {
  if (path.extension() != ".safetensors") return false;
  return ReadSafetensors(path).metadata.contains(kNetworkKey);
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
    // Options that would be a wrong usage in a recipe are a damaged file here.
    const auto code = e.code() == ErrorCode::kUsage ? ErrorCode::kCorrupt : e.code();
    throw Error(code, e.problem(), e.subject(), e.remedy()).WithSubject(path.string());
  }
}

void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  CheckWeights(BuildNetwork(checkpoint.network), checkpoint.weights);
  SafetensorsFile file;
  file.tensors = checkpoint.weights;
  file.metadata[kNetworkKey] = nlohmann::json(checkpoint.network).dump();
  file.metadata[kPreprocessKey] = nlohmann::json(checkpoint.preprocess).dump();
  file.metadata[kProvenanceKey] = checkpoint.provenance.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);  // paths need not be UTF-8
  WriteSafetensors(path, file);
}

}  // namespace mhcnn
