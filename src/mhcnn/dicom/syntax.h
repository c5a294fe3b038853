#pragma once

#include <string_view>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/transfer_syntax.h"

namespace mhcnn {

/// Properties of a transfer syntax that the writer needs.
struct SyntaxRow {
  /// The writer's name for it.
  TransferSyntax syntax;
  const char* name;       ///< short name of the command line
  E_TransferSyntax xfer;  ///< the toolkit's name for it
  int max_bits;           ///< largest number of significant bits
  bool lossy;             ///< whether decoded samples differ from those encoded
};

/// Returns the row of a transfer syntax.
const SyntaxRow& FindSyntaxRow(TransferSyntax syntax);

/// Returns whether a UID is of High-Throughput JPEG 2000 (PS3.5 A.4.13 to .15), which the toolkit
/// does not know: lossless, lossless with resolution-position-component-layer order, or lossy.
bool IsHtj2k(std::string_view uid);
/// Returns its name in PS3.6, "" for any other UID.
const char* FindHtj2kName(std::string_view uid);

/// Returns the UIDs of all transfer syntaxes that the reader accepts.
const std::vector<std::string_view>& ReadableSyntaxUids();

}  // namespace mhcnn
