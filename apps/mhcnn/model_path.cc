#include "model_path.h"

#include <cstdlib>

#include "base/error.h"
#include "base/shipped_file.h"

namespace mhcnn::cli {
namespace fs = std::filesystem;

fs::path DefaultModel() {
  if (const char* named = std::getenv("MHCNN_MODEL"); named && *named) return named;
  const std::string file = "mhcnn-fast.onnx";
  if (const auto found = FindShipped("models", file)) return *found;
  throw Error(ErrorCode::kNotFound,
              "no model: " + file + " stands neither in share/mhcnn/models nor in models/", "",
              "name one with --model or in MHCNN_MODEL");
}

}  // namespace mhcnn::cli
