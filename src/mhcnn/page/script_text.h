#pragma once

#include <string>
#include <string_view>

namespace mhcnn {

/// Returns a text as the literal of a string in JavaScript, with its quotes. It is ASCII and
/// contains neither "<" nor a line break, so that a script of any page can contain it: those, and
/// what is not ASCII, become escapes. Bytes that are not UTF-8 become U+FFFD.
std::string ToScriptString(std::string_view text);

/// Returns an expression of JavaScript that gives the value of a JSON text. A browser reads a long
/// text faster by JSON.parse than as a literal.
std::string ToParsedScriptValue(std::string_view json);

/// Returns any text as JSON text in ASCII, with quotes; bytes that are not UTF-8 become U+FFFD.
std::string ToJsonString(std::string_view text);

}  // namespace mhcnn
