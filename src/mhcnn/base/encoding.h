#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mhcnn {

/// Bytes of a text file that people write, as UTF-8 where they say or show what they are: a byte
/// order mark of UTF-8, UTF-16 or UTF-32 is followed and left out; UTF-16 without one is known by
/// its zero bytes. Other bytes, those of Latin-1 too, stay as they are: a list may hold names of
/// files, which are bytes. A half of a surrogate pair is written as three bytes that are no UTF-8.
/// Throws Error(kUsage) where the bytes are no text: with a zero byte, cut within a character, or
/// those of a zip or Excel file.
std::string DecodedText(std::string bytes);

/// ReadTextFile and DecodedText; errors name the file.
std::string ReadDecodedText(const std::filesystem::path& path);

/// Text that is no UTF-8 taken for Windows-1252, which holds Latin-1; UTF-8 as it is.
std::string Utf8OrWindows1252(std::string_view text);

}  // namespace mhcnn
