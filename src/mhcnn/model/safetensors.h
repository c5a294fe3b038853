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

/// Reads and writes the safetensors format (8-byte header length, JSON header, data). Reading
/// checks every offset against the file before use; throws Error(kCorrupt). Writing is atomic.
SafetensorsFile ReadSafetensors(const std::filesystem::path& path);
/// Writes a safetensors file. Throws Error(kIo).
void WriteSafetensors(const std::filesystem::path& path, const SafetensorsFile& file);

}  // namespace mhcnn
