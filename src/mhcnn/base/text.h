#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mhcnn {

/// Returns text of a file as one line of UTF-8 to print: without control characters; text that is
/// not UTF-8 is read as Latin-1, which never fails.
std::string ToPrintableText(std::string_view raw);

/// Returns the text with the letters a to z in capitals; all other bytes are kept.
std::string ToUpper(std::string text);

/// Returns whether the text is UTF-8 (Unicode, table 3-7): no overlong forms, no surrogates.
bool IsUtf8(std::string_view text);

/// Returns any bytes, such as a file's name, as one line of UTF-8 without loss: a byte that is not
/// part of UTF-8 text, and each byte of a control character (C0, C1, line separators, marks that
/// change the direction of writing), becomes "\xHH" with two hexadecimal digits. A backslash that
/// could be read as such an escape becomes "\x5C". All other text is kept.
std::string EscapeText(std::string_view raw);
/// Returns the bytes from which EscapeText made `text`.
std::string UnescapeText(std::string_view text);
/// Returns a text for messages and the screen: as EscapeText, but a backslash is kept, so that a
/// second call changes nothing.
std::string ToDisplayText(std::string_view raw);
/// Returns at most `columns` characters: "..." and the end of a longer text. Never cuts characters.
std::string TruncateFront(const std::string& text, std::size_t columns);

std::string ToLower(std::string text);      ///< Returns ASCII letters in lower case
std::string Trim(const std::string& text);  ///< Returns it without white space at its ends

/// Returns the text before the first line break.
std::string FirstLine(std::string_view text);

/// Returns the FNV-1a hash of 64 bits, continued from `hash`: to detect a change, not against
/// forgery.
std::uint64_t Fnv1a(std::string_view bytes, std::uint64_t hash = 0xcbf29ce484222325);
/// Returns a value as 16 hexadecimal digits.
std::string ToHexDigits(std::uint64_t value);

}  // namespace mhcnn
