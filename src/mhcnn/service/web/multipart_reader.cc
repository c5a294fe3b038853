#include "mhcnn/service/web/multipart_reader.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "mhcnn/base/option_check.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr std::string_view kLineEnd = "\r\n", kHeaderEnd = "\r\n\r\n";
/// Largest white space that may follow a boundary, and largest text before the first one, in bytes.
constexpr std::size_t kLongestPadding = 256, kLongestPreamble = 65'536;

HttpFields ParseFields(std::string_view text) {
  HttpFields fields;
  while (!text.empty()) {
    const auto end = text.find(kLineEnd);
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
    const auto colon = line.find(':');
    const bool control = std::any_of(line.begin(), line.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 && c != '\t';
    });
    if (colon == 0 || colon == std::string_view::npos || control ||
        line.substr(0, colon).find_first_of(" \t") != std::string_view::npos) {
      throw HttpError(400, "the header of a part cannot be read");
    }
    fields.emplace_back(ToLower(std::string(line.substr(0, colon))),
                        Trim(std::string(line.substr(colon + 1))));
  }
  return fields;
}

}  // namespace

void MultipartLimits::Check() const {
  CheckAtLeast("max_header_bytes", static_cast<double>(max_header_bytes), 1);
  CheckAtLeast("max_parts", static_cast<double>(max_parts), 1);
}

MultipartReader::MultipartReader(const std::string& boundary, MultipartSink& sink,
                                 MultipartLimits limits)
    : delimiter_("\r\n--" + boundary), sink_(sink), limits_(Checked(limits)) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
  };
  if (boundary.empty() || boundary.size() > 70 || boundary.back() == ' ' ||
      !std::all_of(boundary.begin(), boundary.end(), allowed)) {
    throw HttpError(400, "the boundary of the body is absent or not one of RFC 2046");
  }
  pending_ = kLineEnd;  // the first boundary may be at the very beginning
}

void MultipartReader::Feed(std::string_view piece) {
  if (state_ == State::kAfterLast) return;
  pending_ += piece;
  while (Step()) {
  }
}

void MultipartReader::Finish() const {
  if (state_ != State::kAfterLast) {
    throw HttpError(400, "the body ends before its last boundary");
  }
}

bool MultipartReader::Step() {
  switch (state_) {
    case State::kBeforeFirst:
      return SkipToBoundary();
    case State::kAfterBoundary:
      return AfterBoundary();
    case State::kHeader:
      return Header();
    case State::kData:
      return Data();
    case State::kAfterLast:
      break;
  }
  pending_.clear();
  return false;
}

bool MultipartReader::SkipToBoundary() {
  const auto at = pending_.find(delimiter_);
  // Position of the boundary, or the first position where it can still begin.
  const std::size_t place =
      at != std::string::npos ? at
                              : pending_.size() - std::min(pending_.size(), delimiter_.size() - 1);
  if (place > kLongestPreamble) {
    throw HttpError(400, "the body does not contain the boundary of its content type");
  }
  if (at == std::string::npos) return false;
  pending_.erase(0, at + delimiter_.size());
  state_ = State::kAfterBoundary;
  return true;
}

bool MultipartReader::AfterBoundary() {
  if (pending_.size() < 2) return false;
  if (pending_.compare(0, 2, "--") == 0) {
    state_ = State::kAfterLast;
    return true;
  }
  const auto end = pending_.find_first_not_of(" \t");
  if (std::min(end, pending_.size()) > kLongestPadding) {
    throw HttpError(400, "a boundary is followed by too much white space");
  }
  if (end == std::string::npos || end + 1 >= pending_.size()) return false;
  if (pending_.compare(end, 2, kLineEnd) != 0) {
    throw HttpError(400, "a boundary is followed by other text");
  }
  if (++parts_ > limits_.max_parts) throw HttpError(413, "the body has too many parts");
  // The line end is kept: a part without fields has an empty line right after it.
  pending_.erase(0, end);
  state_ = State::kHeader;
  return true;
}

bool MultipartReader::Header() {
  const auto end = pending_.find(kHeaderEnd);
  const std::size_t place =
      end != std::string::npos ? end
                               : pending_.size() - std::min(pending_.size(), kHeaderEnd.size() - 1);
  if (place > limits_.max_header_bytes) {
    throw HttpError(413, "the header of a part is too long");
  }
  if (end == std::string::npos) return false;
  sink_.PartBegins(end == 0 ? HttpFields{}
                            : ParseFields(std::string_view(pending_).substr(2, end - 2)));
  pending_.erase(0, end + kHeaderEnd.size());
  state_ = State::kData;
  return true;
}

bool MultipartReader::Data() {
  const auto at = pending_.find(delimiter_);
  if (at != std::string::npos) {
    if (at > 0) sink_.PartData(std::string_view(pending_).substr(0, at));
    pending_.erase(0, at + delimiter_.size());
    sink_.PartEnds();
    state_ = State::kAfterBoundary;
    return true;
  }
  // Bytes that may begin a boundary wait for the next piece.
  const std::size_t decided =
      pending_.size() < delimiter_.size() ? 0 : pending_.size() - delimiter_.size() + 1;
  if (decided > 0) {
    sink_.PartData(std::string_view(pending_).substr(0, decided));
    pending_.erase(0, decided);
  }
  return false;
}

}  // namespace mhcnn
