#pragma once

#include <string>
#include <vector>

namespace mhcnn {

/// Transfer syntaxes the writer offers, by the short names of the command line.
enum class TransferSyntax {
  kImplicitLittleEndian,
  kExplicitLittleEndian,
  kDeflated,
  kRle,
  kJpegBaseline,  ///< 8 bits, lossy
  kJpegExtended,  ///< 12 bits, lossy
  kJpegLossless,  ///< process 14, selection value 1
  kJpegLs,        ///< lossless
  kJpeg2000,      ///< reversible
  kJpeg2000Lossy
};
const char* TransferSyntaxName(
    TransferSyntax syntax);  ///< Returns "implicit", "explicit", "deflated", "rle", …
/// Returns the syntax of a short name. Throws kUsage with the list of names.
TransferSyntax TransferSyntaxFromName(const std::string& name);
/// Returns all transfer syntaxes, in the order of the enumeration.
std::vector<TransferSyntax> AllTransferSyntaxes();

}  // namespace mhcnn
