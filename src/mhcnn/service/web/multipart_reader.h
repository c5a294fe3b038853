#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Receives the parts of a body as they arrive.
class MultipartSink {
 public:
  virtual ~MultipartSink() = default;
  /// Called when a part begins; names of its fields are in lower case.
  virtual void PartBegins(const HttpFields& fields) = 0;
  /// Called with the next piece of the part.
  virtual void PartData(std::string_view piece) = 0;
  /// Called when the part is complete.
  virtual void PartEnds() = 0;
};

/// Limits of a multipart body.
struct MultipartLimits {
  std::size_t max_header_bytes = 16'384;  ///< largest header of a part
  std::size_t max_parts = 100'000;        ///< largest number of parts

  /// Throws Error(kUsage) that names the field which is 0.
  void Check() const;
};

/// Splits a multipart body (RFC 2046 section 5.1, RFC 2387) that arrives in pieces of any size.
/// Keeps no more than the header of one part and one boundary.
class MultipartReader {
 public:
  /// Throws HttpError(400) for a boundary that is not one of RFC 2046. `sink` must outlive it.
  MultipartReader(const std::string& boundary, MultipartSink& sink, MultipartLimits limits = {});

  /// Reads the next piece. Throws HttpError(400) for text that is not a multipart body,
  /// HttpError(413) beyond a limit, and what the sink throws; nothing can be fed after that.
  void Feed(std::string_view piece);
  /// Ends the body. Throws HttpError(400) where the last boundary has not arrived.
  void Finish() const;
  /// Returns the number of parts that have begun.
  std::size_t parts() const { return parts_; }

 private:
  enum class State { kBeforeFirst, kAfterBoundary, kHeader, kData, kAfterLast };

  bool Step();
  bool SkipToBoundary();
  bool AfterBoundary();
  bool Header();
  bool Data();

  std::string delimiter_;  ///< CRLF, "--" and the boundary
  MultipartSink& sink_;
  MultipartLimits limits_;
  State state_ = State::kBeforeFirst;
  std::string pending_;  ///< bytes that are not decided yet
  std::size_t parts_ = 0;
};

}  // namespace mhcnn
