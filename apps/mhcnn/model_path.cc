#include "model_path.h"

#include <cstdlib>

#include "mhcnn/base/shipped_file.h"

namespace mhcnn::cli {

std::filesystem::path ResolveModelPath(const std::string& named) {
  if (!named.empty()) return ModelNamed(named, ".onnx");
  const char* environment = std::getenv("MHCNN_MODEL");
  return ModelNamed(environment && *environment ? environment : "fast", ".onnx");
}

}  // namespace mhcnn::cli
