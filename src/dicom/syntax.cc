#include "dicom/syntax.h"

#include <array>

#include "base/error.h"
#include "base/options.h"

namespace mhcnn {
namespace {

constexpr std::array<SyntaxRow, 10> kRows = {{
    {TransferSyntax::kImplicitLittleEndian, "implicit", EXS_LittleEndianImplicit, 16, false},
    {TransferSyntax::kExplicitLittleEndian, "explicit", EXS_LittleEndianExplicit, 16, false},
    {TransferSyntax::kDeflated, "deflated", EXS_DeflatedLittleEndianExplicit, 16, false},
    {TransferSyntax::kRle, "rle", EXS_RLELossless, 16, false},
    {TransferSyntax::kJpegBaseline, "jpeg", EXS_JPEGProcess1, 8, true},
    {TransferSyntax::kJpegExtended, "jpeg12", EXS_JPEGProcess2_4, 12, true},
    {TransferSyntax::kJpegLossless, "jpeg-lossless", EXS_JPEGProcess14SV1, 16, false},
    {TransferSyntax::kJpegLs, "jpeg-ls", EXS_JPEGLSLossless, 16, false},
    {TransferSyntax::kJpeg2000, "jpeg2000", EXS_JPEG2000LosslessOnly, 16, false},
    {TransferSyntax::kJpeg2000Lossy, "jpeg2000-lossy", EXS_JPEG2000, 16, true},
}};

}  // namespace

const SyntaxRow& RowOf(TransferSyntax syntax) { return kRows.at(static_cast<std::size_t>(syntax)); }

const char* TransferSyntaxName(TransferSyntax syntax) { return RowOf(syntax).name; }

TransferSyntax TransferSyntaxFromName(const std::string& name) {
  std::string list;
  std::vector<std::string> names;
  for (const SyntaxRow& row : kRows) {
    if (name == row.name) return row.syntax;
    names.emplace_back(row.name);
    list += std::string(list.empty() ? "" : ", ") + row.name;
  }
  const std::string near = Nearest(name, names);
  throw Error(ErrorCode::kUsage, "no transfer syntax is called \"" + name + "\"", {},
              (near.empty() ? "" : "did you mean \"" + near + "\"? ") + ("use one of " + list));
}

std::vector<TransferSyntax> AllTransferSyntaxes() {
  std::vector<TransferSyntax> all;
  for (const SyntaxRow& row : kRows) all.push_back(row.syntax);
  return all;
}

}  // namespace mhcnn
