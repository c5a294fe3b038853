#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mhcnn/dicom/codestream_kind.h"
#include "mhcnn/dicom/elements.h"

namespace mhcnn {

/// Largest size of a data set after inflation, in bytes: a picture of kMaxPixels and its header.
inline constexpr std::uint64_t kMaxInflatedBytes = 304'000'000;

/// Structure of a DICOM file, found from its bytes and not from its header.
struct DicomStructure {
  /// Transfer syntax and SOP class of the file meta information, "" where it names none.
  std::string syntax, sop_class;
  /// Whether the picture is whole; then the rest places all parts. False where it is cut short.
  bool whole_picture = false;
  /// Whether the toolkit cannot read the unchanged file: its header describes its bytes wrongly, or
  /// something is wrong behind the picture. Only with `whole_picture`.
  bool odd = false;
  /// How the elements of the data set are written.
  ElementCoding coding;
  std::vector<std::uint8_t> inflated;  ///< the data set, where it was deflated
  ByteRange header;                    ///< elements before Pixel Data: of `inflated`, else the file
  std::vector<std::size_t> starts;     ///< positions of these elements, in `header`
  /// Whether the pixels are a codestream.
  bool compressed = false;
  /// Codec of the codestream.
  CodestreamKind kind = CodestreamKind::kUnknown;
  std::vector<ByteRange> pixels;  ///< the codestream's fragments, or the samples
  /// Flags: "syntax_conflict", "trailing_bytes", "end_missing".
  std::vector<std::string> flags;
};

/// Reads the structure of a DICOM file. Throws Error: kUnsupported for a transfer syntax that is
/// not known, or for a picture of a kind that is not read under another's name; kCorrupt, kLimit
/// where it exceeds a limit (elements.h). The toolkit finds all other errors.
DicomStructure ReadDicomStructure(std::span<const std::uint8_t> file);

}  // namespace mhcnn
