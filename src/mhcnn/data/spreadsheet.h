#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mhcnn {

/// Reads the rows of an Office Open XML workbook (.xlsx): its first sheet that has any cell, as
/// texts. All rows are as long as the longest; a formula gives the value that the file keeps.
/// Throws Error: those of ZipArchive, and kCorrupt for a zip file that is not a workbook.
std::vector<std::vector<std::string>> ReadSpreadsheet(const std::filesystem::path& path);

}  // namespace mhcnn
