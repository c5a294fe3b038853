#include "base/shipped_file.h"

namespace mhcnn {
namespace fs = std::filesystem;

std::optional<fs::path> FindShipped(const std::string& folder, const std::string& name) {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  for (const fs::path& root : {program / "../share/mhcnn", program / "../../.."}) {
    std::error_code ec;
    if (fs::exists(root / folder / name, ec)) return fs::canonical(root / folder / name);
  }
  return std::nullopt;
}

}  // namespace mhcnn
