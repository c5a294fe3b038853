#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// The file that an entry of a list or table names; relative ones are taken from `folder`. An entry
/// that is no plain UTF-8 name may be read in several ways; the first under which there is a file
/// is taken: its bytes as they are, what UnescapedText makes of them, Windows-1252 for UTF-8, and
/// backslashes as slashes. A part after the last '#' of the entry, which names labels of a mask
/// (data/masks.h), is kept. Where there is no file: what UnescapedText makes of it.
std::filesystem::path ListedPath(const std::filesystem::path& folder, const std::string& entry);

}  // namespace mhcnn
