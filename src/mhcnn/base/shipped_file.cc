#include "mhcnn/base/shipped_file.h"

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace fs = std::filesystem;

fs::path ShippedFile(const std::string& folder, const std::string& name) {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  for (const fs::path& root : {program / "../share/mhcnn", program / "../../.."}) {
    std::error_code ec;
    if (fs::exists(root / folder / name, ec)) return fs::canonical(root / folder / name);
  }
  throw Error(ErrorCode::kNotFound,
              name + " is neither in share/mhcnn/" + folder + " nor in " + folder + "/", "",
              "name a file");
}

fs::path ModelNamed(const std::string& name, const std::string& extension) {
  const bool fast = name == "shipped" || name == "fast";
  if (!fast && name != "accurate") return name;
  if (std::error_code ec; fs::is_regular_file(name, ec)) {
    throw Error(ErrorCode::kUsage, "is both a model that comes with the program and a file here",
                name, "write ./" + name + " for the file");
  }
  return ShippedFile("models", (fast ? "mhcnn-fast" : "mhcnn-accurate") + extension);
}

}  // namespace mhcnn
