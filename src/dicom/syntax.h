#pragma once

#include "dicom/dcmtk.h"
#include "dicom/writer.h"

namespace mhcnn {

/// What the writer needs to know of a transfer syntax.
struct SyntaxRow {
  TransferSyntax syntax;
  const char* name;       ///< short name of the command line
  E_TransferSyntax xfer;  ///< the toolkit's
  int max_bits;           ///< most significant bits it can hold
  bool lossy;
};

const SyntaxRow& RowOf(TransferSyntax syntax);

}  // namespace mhcnn
