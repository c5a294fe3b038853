#include "model_path.h"

#include <cstdlib>

#include "mhcnn/base/error.h"
#include "mhcnn/model/shipped_model.h"

namespace mhcnn::cli {

std::filesystem::path ResolveModelPath(const std::string& named) {
  const char* environment = std::getenv("MHCNN_MODEL");
  const std::string standard = environment && *environment ? environment : "fast";
  const auto path = FindModelFile(named.empty() ? standard : named, ".onnx");
  std::error_code ec;
  if (!std::filesystem::exists(path, ec)) {
    throw Error(ErrorCode::kNotFound, "does not exist", path.string(),
                "give fast, accurate or the path of an ONNX file");
  }
  return path;
}

}  // namespace mhcnn::cli
