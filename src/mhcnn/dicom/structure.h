#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/dicom/codestream_kind.h"
#include "mhcnn/dicom/elements.h"

namespace mhcnn {

/// Bytes that a deflated data set may grow to: a picture of kMaxPixels and its header.
inline constexpr std::uint64_t kMaxInflatedBytes = 304'000'000;

/// What a file's bytes are, whatever its header says of them.
struct DicomStructure {
  /// Transfer syntax and SOP class of the file meta information, "" where it names none.
  std::string syntax, sop_class;
  /// The picture is whole, and the rest tells where all is. Never set where it is cut short.
  bool whole_picture = false;
  /// The toolkit cannot be given the file as it is: its header says something else of its bytes
  /// than they are, or something is wrong behind the picture. Only with `whole_picture`.
  bool odd = false;
  /// How the elements of the data set are written.
  ElementCoding coding;
  std::vector<std::uint8_t> inflated;  ///< the data set, where it was deflated
  ByteRange header;                    ///< elements before Pixel Data: of `inflated`, else the file
  std::vector<std::size_t> starts;     ///< where these elements begin, in `header`
  /// The pixels are a codestream.
  bool compressed = false;
  /// Codec of the codestream.
  CodestreamKind kind = CodestreamKind::kUnknown;
  std::vector<ByteRange> pixels;  ///< the codestream's fragments, or the samples
  /// "syntax_conflict", "trailing_bytes", "end_missing".
  std::vector<std::string> flags;
};

/// Walks over a DICOM file. Throws Error: kUnsupported for a transfer syntax that is not known, or
/// a picture of a kind that is not read under another's name; kCorrupt, kLimit where it goes beyond
/// a limit (elements.h). What else is wrong is left to the toolkit to find.
DicomStructure ReadDicomStructure(std::span<const std::uint8_t> file);

}  // namespace mhcnn
