#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mhcnn {

/// The parts of an ONNX file. The weights are not copied.
struct ScannedModel {
  std::span<const std::uint8_t> graph;  ///< the bytes of the graph, within the scanned ones
  /// Keys and values of metadata_props, in the order of the file.
  std::vector<std::pair<std::string, std::string>> metadata;
  /// Whether a weight is in another file, or may be: true for all that our models do not have.
  bool has_external_data = false;
};

/// Finds the parts of an ONNX model. `bytes` must outlive the result. Throws Error(kCorrupt) where
/// they are not those of one whole model.
ScannedModel ScanModel(std::span<const std::uint8_t> bytes);

}  // namespace mhcnn
