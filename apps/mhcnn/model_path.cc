#include "model_path.h"

#include <cstdlib>

#include "base/error.h"

namespace mhcnn::cli {
namespace fs = std::filesystem;

fs::path DefaultModel() {
  if (const char* named = std::getenv("MHCNN_MODEL"); named && *named) return named;
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path file = "mhcnn-fast.onnx";
  for (const fs::path& folder : {program / "../share/mhcnn/models", program / "../../../models"}) {
    std::error_code ec;
    if (fs::exists(folder / file, ec)) return fs::canonical(folder / file);
  }
  throw Error(ErrorCode::kNotFound,
              "no model: " + file.string() + " stands neither in share/mhcnn/models nor in models/",
              "", "name one with --model or in MHCNN_MODEL");
}

}  // namespace mhcnn::cli
