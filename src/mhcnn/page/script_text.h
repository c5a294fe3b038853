#pragma once

#include <string>
#include <string_view>

namespace mhcnn {

/// Text as the literal of a string in JavaScript, with its quotes. It is ASCII and holds neither
/// "<" nor a line break, so that it can stand in a script of any page: those, and what is not
/// ASCII, become escapes. Bytes that are not UTF-8 become U+FFFD.
std::string ScriptString(std::string_view text);

/// An expression of JavaScript that gives the value of a JSON text. A browser reads a long text
/// faster by JSON.parse than as a literal of its own.
std::string ParsedScriptValue(std::string_view json);

/// A JSON text in ASCII of any text, with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string JsonString(std::string_view text);

}  // namespace mhcnn
