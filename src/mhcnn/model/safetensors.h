#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "mhcnn/model/tensor.h"

namespace mhcnn {

/// Content of a safetensors file.
struct SafetensorsFile {
  /// All tensors by name.
  TensorMap tensors;
  std::map<std::string, std::string> metadata;  ///< "__metadata__"
};

/// Reads a safetensors file (8-byte header length, JSON header, data). Checks every offset against
/// the file before use; throws Error(kCorrupt).
SafetensorsFile ReadSafetensors(const std::filesystem::path& path);
/// Writes a safetensors file atomically. Throws Error(kIo).
void WriteSafetensors(const std::filesystem::path& path, const SafetensorsFile& file);

}  // namespace mhcnn
