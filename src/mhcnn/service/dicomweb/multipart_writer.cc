#include "mhcnn/service/dicomweb/multipart_writer.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr std::size_t kPiece = 262'144;

/// Returns a boundary of 128 random bits, which does not occur in the parts.
std::string NewBoundary() {
  std::uint64_t random[2] = {};
  if (::getrandom(random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    throw Error(ErrorCode::kInternal, "the system gives no random numbers");
  }
  return fmt::format("mhcnn-{:016x}{:016x}", random[0], random[1]);
}

/// Position of the writer.
struct Progress {
  std::vector<std::function<OutgoingPart()>> parts;
  std::string boundary;
  std::size_t next = 0;
  std::optional<OutgoingPart> part{};
  bool ended = false;

  std::string Piece() {
    if (part) {
      std::string piece = part->source();
      if (!piece.empty()) return piece;
      part.reset();
    }
    const std::string line_end = next == 0 ? "" : "\r\n";
    if (next == parts.size()) {
      if (std::exchange(ended, true)) return "";
      return line_end + "--" + boundary + "--\r\n";
    }
    part = parts[next++]();
    std::string head = line_end + "--" + boundary + "\r\n";
    for (const auto& [name, value] : part->fields) head += name + ": " + value + "\r\n";
    return head + "\r\n";
  }
};

}  // namespace

HttpResponse MultipartResponse(const std::string& type,
                               std::vector<std::function<OutgoingPart()>> parts) {
  auto progress = std::make_shared<Progress>(Progress{std::move(parts), NewBoundary()});
  HttpResponse response;
  response.content_type =
      fmt::format("multipart/related; type=\"{}\"; boundary={}", type, progress->boundary);
  response.source = [progress] { return progress->Piece(); };
  return response;
}

std::function<std::string()> TextSource(std::string text) {
  return
      [text = std::make_shared<std::string>(std::move(text))] { return std::exchange(*text, {}); };
}

std::function<std::string()> FileSource(const std::string& path) {
  auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
  if (!*file) throw Error(ErrorCode::kIo, "cannot be opened", path);
  return [file, path] {
    std::string piece(kPiece, '\0');
    file->read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (file->bad()) throw Error(ErrorCode::kIo, "cannot be read", path);
    piece.resize(static_cast<std::size_t>(file->gcount()));
    return piece;
  };
}

}  // namespace mhcnn
