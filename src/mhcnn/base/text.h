#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mhcnn {

/// Text of a file as one line of UTF-8 to print: without control characters; text that is not UTF-8
/// is taken for Latin-1, which never fails.
std::string PrintableText(std::string_view raw);

/// The text with the letters a to z in capitals; all other bytes stay.
std::string UpperCase(std::string text);

/// Well-formed as of table 3-7 of the Unicode standard: no overlong forms, no surrogates.
bool IsUtf8(std::string_view text);

/// Any bytes, such as a file's name, as one line of UTF-8, so that none are lost: a byte that is no
/// part of UTF-8 text, and each byte of a control character (C0, C1, line separators, marks that
/// change the direction of writing), becomes "\xHH" with two hexadecimal digits. A backslash that
/// would read as such an escape becomes "\x5C". All other text stays as it is.
std::string EscapedText(std::string_view raw);
/// The bytes that EscapedText made `text` of.
std::string UnescapedText(std::string_view text);
/// For messages and the screen: as EscapedText, but a backslash stays, so that doing it twice is
/// doing it once.
std::string ShownText(std::string_view raw);
/// At most `columns` characters: "..." and the end of a longer text. Cuts between characters.
std::string EndOfText(const std::string& text, std::size_t columns);

std::string ToLower(std::string text);      ///< ASCII letters in lower case
std::string Trim(const std::string& text);  ///< without white space and line breaks at the ends

/// FNV-1a hash of 64 bits, going on from `hash`: to tell whether something changed, not against
/// forgery.
std::uint64_t Fnv1a(std::string_view bytes, std::uint64_t hash = 0xcbf29ce484222325);
/// As 16 hexadecimal digits.
std::string HexDigits(std::uint64_t value);

}  // namespace mhcnn
