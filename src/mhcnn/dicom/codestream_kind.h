#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {

/// How a compressed picture is coded, by its own first bytes and whatever a header says.
enum class CodestreamKind {
  kUnknown,
  kJpegBaseline,
  kJpegExtended,     ///< sequential, up to 12 bits
  kJpegProgressive,  ///< and what else of lossy JPEG there is
  kJpegLossless,
  kJpegLs,
  kJpeg2000,
  kHtj2k,
  kRle,  ///< DICOM's run lengths (PS3.5 annex G)
  kJpegXl,
  kPng,
  kVideo,  ///< MPEG-2, H.264, H.265
};

/// Tells the codec from the first bytes of a compressed picture.
CodestreamKind KindOfCodestream(std::span<const std::uint8_t> bytes);
/// Its name for messages.
const char* CodestreamName(CodestreamKind kind);
/// The toolkit's syntax whose decoder takes it; EXS_Unknown where it is not read. HTJ2K has that of
/// JPEG 2000.
E_TransferSyntax SyntaxOfCodestream(CodestreamKind kind);
/// May a file of this transfer syntax (its UID) hold it?
bool MayHold(std::string_view syntax_uid, CodestreamKind kind);

}  // namespace mhcnn
