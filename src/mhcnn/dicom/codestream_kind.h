#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {

/// Codec of a compressed picture, found from its first bytes and not from a header.
enum class CodestreamKind {
  kUnknown,
  kJpegBaseline,
  kJpegExtended,     ///< sequential, up to 12 bits
  kJpegProgressive,  ///< and all other lossy JPEG
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
CodestreamKind DetectCodestreamKind(std::span<const std::uint8_t> bytes);
/// Returns the name of a kind for messages.
const char* CodestreamName(CodestreamKind kind);
/// Returns the toolkit's syntax whose decoder accepts the kind; EXS_Unknown where it is not read.
/// HTJ2K has the syntax of JPEG 2000.
E_TransferSyntax FindDecoderSyntax(CodestreamKind kind);
/// Returns whether a file of this transfer syntax (its UID) may contain the kind.
bool AllowsCodestream(std::string_view syntax_uid, CodestreamKind kind);

}  // namespace mhcnn
