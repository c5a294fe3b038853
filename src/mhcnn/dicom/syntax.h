#pragma once

#include <string_view>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/writer.h"

namespace mhcnn {

/// What the writer needs to know of a transfer syntax.
struct SyntaxRow {
  /// The writer's name for it.
  TransferSyntax syntax;
  const char* name;       ///< short name of the command line
  E_TransferSyntax xfer;  ///< the toolkit's
  int max_bits;           ///< most significant bits it can hold
  bool lossy;             ///< decoded samples differ from those encoded
};

/// Returns the row of a transfer syntax.
const SyntaxRow& RowOf(TransferSyntax syntax);

/// High-Throughput JPEG 2000 (PS3.5 A.4.13 to A.4.15), which the toolkit does not know: lossless,
/// lossless with resolution-position-component-layer order, and lossy.
bool IsHtj2k(std::string_view uid);
/// Its name in PS3.6, "" for any other UID.
const char* Htj2kName(std::string_view uid);

/// UIDs of all transfer syntaxes that the reader takes.
const std::vector<std::string_view>& ReadableSyntaxUids();

}  // namespace mhcnn
