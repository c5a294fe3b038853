#include "model_path.h"

#include <cstdlib>

#include "base/shipped_file.h"

namespace mhcnn::cli {

std::filesystem::path ModelOr(const std::string& named) {
  if (!named.empty()) return ModelNamed(named, ".onnx");
  const char* environment = std::getenv("MHCNN_MODEL");
  return ModelNamed(environment && *environment ? environment : "fast", ".onnx");
}

}  // namespace mhcnn::cli
