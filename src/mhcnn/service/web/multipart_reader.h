#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// What takes the parts of a body as they come.
class MultipartSink {
 public:
  virtual ~MultipartSink() = default;
  /// A part begins; names of its fields are in lower case.
  virtual void PartBegins(const HttpFields& fields) = 0;
  /// The next piece of the part.
  virtual void PartData(std::string_view piece) = 0;
  /// The part is whole.
  virtual void PartEnds() = 0;
};

/// Limits of what a sender may ask for.
struct MultipartLimits {
  std::size_t max_header_bytes = 16'384;  ///< of each part
  std::size_t max_parts = 100'000;        ///< largest number of parts

  /// Throws Error(kUsage) that names the field which is 0.
  void Check() const;
};

/// Splits a multipart body (RFC 2046 section 5.1, RFC 2387) that comes in pieces of any size. Holds
/// no more than the header of one part and one boundary.
class MultipartReader {
 public:
  /// Throws HttpError(400) for a boundary that is not one of RFC 2046. `sink` must outlive it.
  MultipartReader(const std::string& boundary, MultipartSink& sink, MultipartLimits limits = {});

  /// Takes the next piece. Throws HttpError(400) for what is no multipart body, HttpError(413)
  /// beyond a limit, and what the sink throws; nothing can be fed after that.
  void Feed(std::string_view piece);
  /// Ends the body. Throws HttpError(400) where the last boundary has not come.
  void Finish() const;
  /// Returns how many parts have begun.
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
  std::string pending_;  ///< what is not decided yet
  std::size_t parts_ = 0;
};

}  // namespace mhcnn
