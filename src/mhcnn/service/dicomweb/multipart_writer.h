#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Part of a multipart body, which is made just before it is sent.
struct OutgoingPart {
  HttpFields fields;  ///< header of the part
  /// Returns the next piece, "" at the end.
  std::function<std::string()> source;
};

/// Returns an answer of multipart/related (RFC 2387) whose parts are made one after the other while
/// it is sent. `type` is the media type of the parts.
HttpResponse MultipartResponse(const std::string& type,
                               std::vector<std::function<OutgoingPart()>> parts);

/// Returns a source that gives a text once.
std::function<std::string()> TextSource(std::string text);
/// Returns a source that reads a file in pieces. Throws Error(kIo) where it cannot be read, also
/// later, which breaks the connection.
std::function<std::string()> FileSource(const std::string& path);

}  // namespace mhcnn
