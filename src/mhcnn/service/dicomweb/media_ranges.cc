#include "mhcnn/service/dicomweb/media_ranges.h"

#include "mhcnn/base/text.h"

namespace mhcnn {

namespace {

/// Returns the pieces of a text between separators outside of quotes, without white space.
std::vector<std::string> Pieces(std::string_view text, char separator) {
  std::vector<std::string> pieces(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == separator && !quoted) {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  for (std::string& piece : pieces) piece = Trim(piece);
  return pieces;
}

/// Reads a range whose values may contain "/" without quotes: image loaders write
/// `type=application/octet-stream`.
MediaType ReadRange(const std::string& text) {
  const auto pieces = Pieces(text, ';');
  MediaType range;
  range.type = ToLower(pieces[0]);
  if (range.type.find('/') == std::string::npos ||
      range.type.find_first_of(" \t\"") != std::string::npos) {
    throw HttpError(400, "a media type cannot be read");
  }
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const auto equals = pieces[i].find('=');
    if (equals == std::string::npos) continue;
    std::string value = Trim(pieces[i].substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    range.parameters.emplace_back(ToLower(Trim(pieces[i].substr(0, equals))), std::move(value));
  }
  return range;
}

}  // namespace

std::vector<MediaType> ParseAcceptField(std::string_view accept) {
  std::vector<MediaType> types;
  for (const std::string& text : Pieces(accept, ',')) {
    if (text.empty()) continue;
    MediaType range = ReadRange(text);
    const std::string quality(range.Parameter("q"));
    const bool none = !quality.empty() && quality.find_first_not_of("0.") == std::string::npos;
    if (!none) types.push_back(std::move(range));
  }
  if (Trim(std::string(accept)).empty()) types.push_back({"*/*", {}});
  return types;
}

std::vector<AcceptedMediaType> ParseAcceptedMediaTypes(std::string_view accept) {
  std::vector<AcceptedMediaType> wanted;
  for (const MediaType& range : ParseAcceptField(accept)) {
    AcceptedMediaType one;
    one.transfer_syntax = range.Parameter("transfer-syntax");
    one.multipart =
        range.type == "multipart/related" || range.type == "multipart/*" || range.type == "*/*";
    one.type = range.type;
    if (one.multipart) one.type = ToLower(std::string(range.Parameter("type")));
    if (one.type.empty()) one.type = "*/*";
    wanted.push_back(std::move(one));
  }
  return wanted;
}

}  // namespace mhcnn
