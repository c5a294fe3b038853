#include "mhcnn/dicom/encode.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djeijg12.h>
#include <dcmtk/dcmjpeg/djeijg8.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djrparam.h>

#include "mhcnn/base/error.h"
#include "mhcnn/image/jpeg2000.h"

namespace mhcnn {
namespace {

void Require(const OFCondition& status, const std::string& what) {
  if (status.bad()) {
    throw Error(ErrorCode::kInternal, "cannot " + what + " (" + status.text() + ")");
  }
}

std::vector<Uint8> Bytes(const cv::Mat1w& samples) {
  std::vector<Uint8> bytes;
  bytes.reserve(samples.total());
  for (const std::uint16_t sample : samples) bytes.push_back(static_cast<Uint8>(sample));
  return bytes;
}

void PutNative(DcmDataset& dataset, const cv::Mat1w& samples, int bits) {
  const cv::Mat1w whole = samples.isContinuous() ? samples : samples.clone();
  if (bits > 8) {
    Require(dataset.putAndInsertUint16Array(DCM_PixelData, whole.ptr<Uint16>(),
                                            static_cast<unsigned long>(whole.total())),
            "store pixel data");
    return;
  }
  std::vector<Uint8> bytes = Bytes(whole);
  if (bytes.size() % 2 != 0) bytes.push_back(0);
  Require(dataset.putAndInsertUint8Array(DCM_PixelData, bytes.data(),
                                         static_cast<unsigned long>(bytes.size())),
          "store pixel data");
}

/// PS3.5 A.4: an offset table item, which may be empty, and the frame's codestream.
void PutCodestream(DcmDataset& dataset, std::vector<Uint8> stream, E_TransferSyntax xfer) {
  if (stream.size() % 2 != 0) stream.push_back(0);
  auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelSequenceTag));
  sequence->insert(new DcmPixelItem(DcmTag(DCM_PixelItemTag)));
  auto* item = new DcmPixelItem(DcmTag(DCM_PixelItemTag));
  sequence->insert(item);
  Require(item->putUint8Array(stream.data(), static_cast<unsigned long>(stream.size())),
          "store pixel data");
  auto* data = new DcmPixelData(DcmTag(DCM_PixelData));
  // Takes the sequence over.
  data->putOriginalRepresentation(xfer, nullptr, sequence.release());
  Require(dataset.insert(data, OFTrue), "store pixel data");
}

/// Encodes by the codec alone, which keeps the stored values: the toolkit's own lossy path first
/// renders the picture for display and rewrites the rescale of the header.
std::vector<Uint8> EncodeJpeg(const cv::Mat1w& samples, bool twelve_bits) {
  constexpr Uint8 kQuality = 95;
  const DJCodecParameter parameters(ECC_lossyYCbCr, EDC_photometricInterpretation, EUC_never,
                                    EPC_default);
  const auto columns = static_cast<Uint16>(samples.cols), rows = static_cast<Uint16>(samples.rows);
  Uint8* stream = nullptr;
  Uint32 length = 0;
  if (twelve_bits) {
    DJCompressIJG12Bit encoder(parameters, EJM_sequential, kQuality);
    cv::Mat1w whole = samples.clone();
    Require(encoder.encode(columns, rows, EPI_Monochrome2, 1, whole.ptr<Uint16>(), stream, length),
            "encode JPEG");
  } else {
    DJCompressIJG8Bit encoder(parameters, EJM_baseline, kQuality);
    std::vector<Uint8> bytes = Bytes(samples);
    Require(encoder.encode(columns, rows, EPI_Monochrome2, 1, bytes.data(), stream, length),
            "encode JPEG");
  }
  const std::unique_ptr<Uint8[]> owned(stream);
  return {stream, stream + length};
}

void Compress(DcmDataset& dataset, E_TransferSyntax xfer, const DcmRepresentationParameter* how) {
  Require(dataset.chooseRepresentation(xfer, how), "compress pixel data");
  // Only the compressed form is kept, so that the file is written in it.
  dataset.removeAllButCurrentRepresentations();
}

/// DCMTK 3.6.7 leaves the padding byte of a JPEG-LS codestream of odd length as memory was.
void ClearPadding(DcmDataset& dataset, const DcmRepresentationParameter* how) {
  DcmElement* element = nullptr;
  DcmPixelSequence* fragments = nullptr;
  if (dataset.findAndGetElement(DCM_PixelData, element).bad()) return;
  auto* pixels = dynamic_cast<DcmPixelData*>(element);
  if (pixels == nullptr ||
      pixels->getEncapsulatedRepresentation(EXS_JPEGLSLossless, how, fragments).bad()) {
    return;
  }
  for (unsigned long i = 1; i < fragments->card(); ++i) {  // the first one is the table of offsets
    DcmPixelItem* fragment = nullptr;
    Uint8* bytes = nullptr;
    if (fragments->getItem(fragment, i).bad() || fragment->getUint8Array(bytes).bad()) continue;
    const Uint32 length = fragment->getLength();
    const bool padded = length > 2 && bytes[length - 3] == 0xFF && bytes[length - 2] == 0xD9;
    if (padded) bytes[length - 1] = 0;
  }
}

}  // namespace

void PutPixels(DcmDataset& dataset, const cv::Mat1w& samples, int bits, const SyntaxRow& row) {
  constexpr double kLossyRate = 10;
  switch (row.syntax) {
    case TransferSyntax::kImplicitLittleEndian:
    case TransferSyntax::kExplicitLittleEndian:
    case TransferSyntax::kDeflated:
      PutNative(dataset, samples, bits);
      return;
    case TransferSyntax::kJpegBaseline:
    case TransferSyntax::kJpegExtended:
      PutCodestream(dataset, EncodeJpeg(samples, bits > 8), row.xfer);
      return;
    case TransferSyntax::kJpeg2000:
    case TransferSyntax::kJpeg2000Lossy:
      PutCodestream(dataset, EncodeJpeg2000(samples, bits, row.lossy ? kLossyRate : 0), row.xfer);
      return;
    case TransferSyntax::kRle:
      PutNative(dataset, samples, bits);
      Compress(dataset, row.xfer, nullptr);
      return;
    case TransferSyntax::kJpegLossless: {
      PutNative(dataset, samples, bits);
      const DJ_RPLossless selection_value_1(1, 0);
      Compress(dataset, row.xfer, &selection_value_1);
      return;
    }
    case TransferSyntax::kJpegLs: {
      PutNative(dataset, samples, bits);
      const DJLSRepresentationParameter lossless(0, OFTrue);
      Compress(dataset, row.xfer, &lossless);
      ClearPadding(dataset, &lossless);
      return;
    }
  }
}

}  // namespace mhcnn
