#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mhcnn {

/// Converts the bytes of a text file that people write to UTF-8, where they show their encoding: a
/// byte order mark of UTF-8, UTF-16 or UTF-32 is followed and left out; UTF-16 without one is
/// recognised by its zero bytes. Other bytes, also Latin-1, are not changed: a list may contain
/// names of files, which are bytes. A half of a surrogate pair is written as three bytes that are
/// not UTF-8. Throws Error(kUsage) where the bytes are not text: with a zero byte, cut within a
/// character, or those of a zip or Excel file.
std::string ToUtf8Text(std::string bytes);

/// Reads a file by ReadTextFile and converts it by ToUtf8Text; errors name the file.
std::string ReadUtf8Text(const std::filesystem::path& path);

/// Returns text in UTF-8; text that is not UTF-8 is read as Windows-1252, a superset of Latin-1.
std::string DecodeUtf8OrWindows1252(std::string_view text);

}  // namespace mhcnn
