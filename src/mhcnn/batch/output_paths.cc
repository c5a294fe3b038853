#include "mhcnn/batch/output_paths.h"

#include <algorithm>

#include "mhcnn/base/folder.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace fs = std::filesystem;

fs::path DrawingPath(const fs::path& output, const char* folder, const BatchItem& item) {
  constexpr std::size_t kLongestPath = 4000;  // of 4096, with a temporary file's ending
  fs::path name;
  for (const fs::path& part : item.name) name /= ShortenFileName(part.string());
  fs::path path = output / folder / (name.string() + ".png");
  if (path.string().size() < kLongestPath) return path;
  return output / folder / (ToHexDigits(Fnv1a(item.name.string())) + ".png");
}

fs::path OverlayPath(const fs::path& output, const BatchItem& item, OverlayFormat format) {
  return DrawingPath(output, "overlays", item).replace_extension(OverlayExtension(format));
}

fs::path NiftiPath(const fs::path& output, const BatchItem& item) {
  return DrawingPath(output, "masks", item).replace_extension(".nii.gz");
}

fs::path ExamObjectsFolder(const fs::path& output, const std::string& study) {
  constexpr std::size_t kLongest = 120;
  std::string name;
  for (const char c : study) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '-' || c == '_';
    name += plain && !(c == '.' && name.empty()) ? c : '_';
  }
  if (name.empty()) name = "_";
  if (name != study || name.size() > kLongest) {
    name = name.substr(name.size() - std::min(name.size(), kLongest)) + "-" +
           ToHexDigits(Fnv1a(study)).substr(0, 8);
  }
  return output / "objects" / name;
}

std::filesystem::path JournalPath(const std::filesystem::path& output, const std::string& suffix) {
  return output / ("results" + suffix + ".journal");
}

std::filesystem::path InProgressPath(const std::filesystem::path& output,
                                     const std::string& suffix) {
  return output / ("results" + suffix + ".begun");
}

std::filesystem::path ProfilePath(const std::filesystem::path& output, const std::string& suffix) {
  return output / ("profile" + suffix + ".json");
}

}  // namespace mhcnn
