#include "mhcnn/model/shipped_model.h"

#include "mhcnn/base/error.h"
#include "mhcnn/base/shipped_file.h"

namespace mhcnn {

namespace fs = std::filesystem;

fs::path FindModelFile(const std::string& name, const std::string& extension) {
  const bool fast = name == "shipped" || name == "fast";
  if (!fast && name != "accurate") return name;
  if (std::error_code ec; fs::is_regular_file(name, ec)) {
    throw Error(ErrorCode::kUsage, "is both a model that comes with the program and a file here",
                name, "write ./" + name + " for the file");
  }
  return ShippedFile("models", (fast ? "mhcnn-fast" : "mhcnn-accurate") + extension);
}

}  // namespace mhcnn
