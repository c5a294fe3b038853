#include "mhcnn/dicom/syntax.h"

#include <array>

#include "mhcnn/base/error.h"
#include "mhcnn/base/options.h"

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

constexpr std::array<std::pair<std::string_view, const char*>, 3> kHtj2k = {{
    {"1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 (Lossless Only)"},
    {"1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)"},
    {"1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000"},
}};

}  // namespace

const char* FindHtj2kName(std::string_view uid) {
  for (const auto& [known, name] : kHtj2k) {
    if (uid == known) return name;
  }
  return "";
}

bool IsHtj2k(std::string_view uid) { return *FindHtj2kName(uid) != '\0'; }

const std::vector<std::string_view>& ReadableSyntaxUids() {
  static const std::vector<std::string_view> kUids = [] {
    std::vector<std::string_view> uids = {
        UID_LittleEndianImplicitTransferSyntax,
        UID_LittleEndianExplicitTransferSyntax,
        UID_BigEndianExplicitTransferSyntax,
        UID_DeflatedExplicitVRLittleEndianTransferSyntax,
        UID_RLELosslessTransferSyntax,
        UID_JPEGProcess1TransferSyntax,
        UID_JPEGProcess2_4TransferSyntax,
        UID_JPEGProcess14TransferSyntax,
        UID_JPEGProcess14SV1TransferSyntax,
        UID_JPEGLSLosslessTransferSyntax,
        UID_JPEGLSLossyTransferSyntax,
        UID_JPEG2000LosslessOnlyTransferSyntax,
        UID_JPEG2000TransferSyntax,
    };
    for (const auto& [uid, name] : kHtj2k) uids.push_back(uid);
    return uids;
  }();
  return kUids;
}

const SyntaxRow& FindSyntaxRow(TransferSyntax syntax) {
  return kRows.at(static_cast<std::size_t>(syntax));
}

const char* TransferSyntaxName(TransferSyntax syntax) { return FindSyntaxRow(syntax).name; }

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
