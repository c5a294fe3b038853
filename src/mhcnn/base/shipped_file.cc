#include "mhcnn/base/shipped_file.h"

#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>

#include <cstdlib>
#include <fstream>

#include "mhcnn/base/error.h"
#include "mhcnn/base/version.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

constexpr auto kVariable = "MHCNN_DATA_DIR";

/// An installation states its version in a file; a source tree has no such file.
void CheckVersion(const fs::path& root, const std::string& remedy) {
  std::ifstream file(root / "VERSION");
  std::string version;
  if (!(file >> version) || version == Version()) return;
  throw Error(ErrorCode::kUsage,
              "contains the files of mhcnn " + version + ", but this program is mhcnn " + Version(),
              root.string(), remedy);
}

fs::path InNamedFolder(const fs::path& root, const std::string& folder, const std::string& name) {
  const std::string subject = std::string(kVariable) + "=" + root.string();
  std::error_code ec;
  if (!fs::is_directory(root, ec)) {
    throw Error(ErrorCode::kNotFound, "is not a folder", subject,
                "remove the variable, or set it to the folder that contains models/");
  }
  CheckVersion(root,
               std::string("remove ") + kVariable + ", or set it to the files of " + Version());
  if (!fs::exists(root / folder / name, ec)) {
    throw Error(ErrorCode::kNotFound, "does not contain " + folder + "/" + name, subject,
                "remove the variable, or set it to the folder that contains models/");
  }
  return fs::canonical(root / folder / name);
}

}  // namespace

fs::path FindOwnBinary() {
  Dl_info info{};
  link_map* map = nullptr;
  const int found = dladdr1(reinterpret_cast<const void*>(&FindOwnBinary), &info,
                            reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP);
  std::error_code ec;
  if (found != 0 && map != nullptr && map->l_name != nullptr && *map->l_name != '\0') {
    if (const fs::path library = fs::canonical(map->l_name, ec); !ec) return library;
  }
  if (const fs::path program = fs::read_symlink("/proc/self/exe", ec); !ec) return program;
  // Without /proc: as the kernel was given it.
  const auto* started = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (const fs::path program = fs::canonical(started ? started : "", ec); !ec) return program;
  throw Error(ErrorCode::kIo, "the program does not find its own file", "", "mount /proc");
}

fs::path ShippedFile(const std::string& folder, const std::string& name) {
  if (const char* named = std::getenv(kVariable); named && *named) {
    return InNamedFolder(named, folder, name);
  }
  const fs::path beside = FindOwnBinary().parent_path();
  // PREFIX/bin or PREFIX/lib, PREFIX/lib/x86_64-linux-gnu, build/PRESET/bin.
  for (const fs::path& root :
       {beside / "../share/mhcnn", beside / "../../share/mhcnn", beside / "../../.."}) {
    std::error_code ec;
    if (!fs::exists(root / folder / name, ec)) continue;
    CheckVersion(root, "install the program again with its files");
    return fs::canonical(root / folder / name);
  }
  throw Error(ErrorCode::kNotFound,
              name + " is neither in share/mhcnn/" + folder + " nor in " + folder + "/", "",
              std::string("name a file, or set ") + kVariable + " to the folder that contains " +
                  folder + "/");
}

}  // namespace mhcnn
