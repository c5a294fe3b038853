#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// Returns the path of the file that an entry of a list or table names; a relative one starts at
/// `folder`. An entry that is not a plain UTF-8 name can be read in several ways; the first way
/// that gives an existing file is used: its bytes unchanged, UnescapeText of them, Windows-1252 as
/// UTF-8, and backslashes as slashes. A part after the last '#' of the entry, which names labels of
/// a mask (data/masks.h), is kept. Where there is no file: the path by UnescapeText.
std::filesystem::path ResolveListedPath(const std::filesystem::path& folder,
                                        const std::string& entry);

}  // namespace mhcnn
