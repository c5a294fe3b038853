#include "dicom/structure.h"

#include "base/error.h"

namespace mhcnn {

void CheckDicomStructure(const std::filesystem::path& path, bool /*with_pixels*/) {
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  if (!std::filesystem::exists(status)) {
    throw Error(ErrorCode::kNotFound, "does not exist", path.string());
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw Error(ErrorCode::kCorrupt, "is not a file", path.string());
  }
}

}  // namespace mhcnn
