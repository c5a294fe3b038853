#pragma once

#include <filesystem>
#include <vector>

namespace mhcnn {

/// Reads the paths of a list, relative ones from the list's folder, names as ResolveListedPath
/// reads them. A list is a table with a header (name ending in .csv, .tsv or .tab in any case, or a
/// text file whose first line is such a header) with a column "path", "image" or "file", or a text
/// file with a path a line: empty lines and lines after '#' are skipped, and quotes and blanks
/// around a path, unless a file is named so. Any character set of base/encoding.h. Throws
/// Error(kUsage), which names the columns and the separator, where there is no such column, a row
/// has too many fields, or no path is listed.
std::vector<std::filesystem::path> ReadInputList(const std::filesystem::path& list);

}  // namespace mhcnn
