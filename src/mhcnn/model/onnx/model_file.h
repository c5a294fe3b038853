#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/model/checkpoint.h"

namespace mhcnn {

/// Largest size of a model file in bytes.
inline constexpr std::uint64_t kMaxModelBytes = std::uint64_t{1} << 30;

/// Metadata of a self-contained ONNX model, in its metadata_props.
struct ModelCard {
  std::string name;  ///< "mhcnn-fast"
  /// Version of the weights, e.g. "0.2.0".
  std::string version;
  /// The network of the graph.
  NetworkOptions network;
  /// Options of the preparation of its input.
  PreprocessOptions preprocess;
  std::vector<std::string> masks;       ///< channel order of output "masks", where there is one
  std::vector<std::string> categories;  ///< "a".."d"
  /// Cut points, thresholds, conformal quantiles; empty object until calibrated.
  nlohmann::json calibration;
  nlohmann::json training;  ///< summary of the training set
  /// How the weights were made (Checkpoint::provenance).
  nlohmann::json provenance;
  /// Checksum of graph and preprocessing, without the rest of the card; set by ReadModelCard.
  std::string fingerprint;
  /// Checksum of graph and metadata: models of one checksum are the same; set by ReadModelCard.
  std::string checksum;
};

/// Options of writing a model file.
struct ExportOptions {
  bool half = true;  ///< store convolution and linear weights in 16-bit float
};

/// Writes opset-17 ONNX: input "image" (N, 1, H, W) float, N dynamic; outputs, of the heads that
/// the network has, "masks" (N, masks, H, W) probabilities, "percent" (N, 1) in 0..100, "category"
/// (N, 4) probabilities; of encoders of feature maps, "features" (N, channels), the means of their
/// last map. Batch norms are folded. The network and the preprocessing are those of the
/// checkpoint, whatever `card` states. Checked by libonnx. Atomic. Throws kCorrupt if a weight is
/// not finite.
void WriteOnnxModel(const std::filesystem::path& path, const Checkpoint& checkpoint,
                    const ModelCard& card, const ExportOptions& options = {});

/// A part of a model's card that is replaced after the export.
enum class CardPart { kCalibration, kTraining };

/// Copies a model with another value of a part of its card; all else is unchanged, and the graph is
/// the same byte by byte. Throws as ReadModelCard does. Atomic; both paths may be the same.
void ReplaceCardPart(const std::filesystem::path& from, const std::filesystem::path& to,
                     CardPart part, const nlohmann::json& value);

/// Reads and checks a model's metadata. Throws kNotFound, kCorrupt (not ONNX), kUnsupported (ONNX
/// of another program).
ModelCard ReadModelCard(const std::filesystem::path& path);

}  // namespace mhcnn
