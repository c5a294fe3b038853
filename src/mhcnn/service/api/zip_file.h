#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mhcnn {

/// Returns a ZIP archive (APPNOTE 6.3) of files, by name and content, not compressed. Names are
/// UTF-8. Throws Error(kLimit) beyond 4 GiB or 65535 files.
std::string MakeZipFile(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace mhcnn
