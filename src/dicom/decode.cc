#include "dicom/decode.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "dicom/jpeg.h"
#include "image/codestream.h"
#include "image/file_io.h"
#include "image/jpeg2000.h"

namespace mhcnn {
namespace {

[[noreturn]] void Corrupt(const std::string& what) { throw Error(ErrorCode::kCorrupt, what); }

/// Image Pixel module (PS3.3 C.7.6.3) as far as unpacking needs it.
struct PixelHeader {
  int rows = 0, columns = 0, samples = 1;
  int allocated = 16, stored = 16, high_bit = 15;
  bool is_signed = false, planar = false;
};

PixelHeader ReadPixelHeader(DcmItem& dataset) {
  PixelHeader header;
  header.rows = DicomUnsigned(dataset, DCM_Rows).value_or(0);
  header.columns = DicomUnsigned(dataset, DCM_Columns).value_or(0);
  header.samples = DicomUnsigned(dataset, DCM_SamplesPerPixel).value_or(1);
  header.allocated = DicomUnsigned(dataset, DCM_BitsAllocated).value_or(0);
  header.stored = DicomUnsigned(dataset, DCM_BitsStored).value_or(header.allocated);
  header.high_bit = DicomUnsigned(dataset, DCM_HighBit).value_or(header.stored - 1);
  header.is_signed = DicomUnsigned(dataset, DCM_PixelRepresentation).value_or(0) == 1;
  header.planar = DicomUnsigned(dataset, DCM_PlanarConfiguration).value_or(0) == 1;
  return header;
}

void Check(const PixelHeader& h) {
  if (h.rows == 0 || h.columns == 0) Corrupt("does not state its Rows and Columns");
  if (std::int64_t{h.rows} * h.columns > kMaxPixels) {
    throw Error(ErrorCode::kLimit, "claims " + std::to_string(h.columns) + " x " +
                                       std::to_string(h.rows) + " pixels, more than the limit of " +
                                       std::to_string(kMaxPixels / 1'000'000) + " million");
  }
  if (h.samples != 1 && h.samples != 3) Corrupt("has neither 1 nor 3 samples a pixel");
  if (h.allocated != 8 && h.allocated != 16) {
    throw Error(ErrorCode::kUnsupported,
                "has " + std::to_string(h.allocated) + " bits allocated a pixel, not 8 or 16");
  }
  if (h.stored < 1 || h.stored > h.allocated || h.high_bit >= h.allocated ||
      h.high_bit < h.stored - 1) {
    Corrupt("has impossible Bits Stored " + std::to_string(h.stored) + " and High Bit " +
            std::to_string(h.high_bit) + " in " + std::to_string(h.allocated) + " bits");
  }
}

/// The picture's pixel data in their compressed form.
DcmPixelSequence& CompressedData(DcmDataset& dataset, E_TransferSyntax syntax) {
  DcmElement* element = nullptr;
  dataset.findAndGetElement(DCM_PixelData, element);
  auto* data = dynamic_cast<DcmPixelData*>(element);
  DcmPixelSequence* sequence = nullptr;
  if (data == nullptr || data->getEncapsulatedRepresentation(syntax, nullptr, sequence).bad() ||
      sequence == nullptr) {
    Corrupt("holds no compressed pixel data");
  }
  return *sequence;
}

/// All fragments but the offset table; a file of one frame may have its codestream in many.
std::vector<std::uint8_t> JoinFragments(DcmPixelSequence& sequence) {
  std::vector<std::uint8_t> stream;
  for (unsigned long i = 1; i < sequence.card(); ++i) {
    DcmPixelItem* item = nullptr;
    Uint8* bytes = nullptr;
    if (sequence.getItem(item, i).bad() || item == nullptr) Corrupt("has damaged pixel data");
    const Uint32 length = item->getLength();
    if (length == 0) continue;
    if (item->getUint8Array(bytes).bad() || bytes == nullptr) {
      Corrupt("has pixel data that are cut short");
    }
    stream.insert(stream.end(), bytes, bytes + length);
  }
  if (stream.empty()) Corrupt("holds no compressed pixel data");
  return stream;
}

bool IsJpeg2000(E_TransferSyntax syntax) {
  return syntax == EXS_JPEG2000 || syntax == EXS_JPEG2000LosslessOnly;
}

/// JPEG and JPEG-LS decoders fill a missing rest with grey and trust the header's size, so both are
/// checked here.
void CheckJpegStream(const std::vector<std::uint8_t>& stream, const PixelHeader& h) {
  const auto header = ReadJpegHeader(stream);
  if (!header) Corrupt("has a compressed picture without a valid header");
  if (header->rows != h.rows || header->columns != h.columns) {
    Corrupt("has a compressed picture of " + std::to_string(header->columns) + " x " +
            std::to_string(header->rows) + " pixels, not the " + std::to_string(h.columns) + " x " +
            std::to_string(h.rows) + " of the header");
  }
  if (header->components != h.samples) {
    Corrupt("has a compressed picture of " + std::to_string(header->components) + " components");
  }
  if (!HasJpegEnd(stream)) Corrupt("has a compressed picture that is cut short");
}

bool IsJpeg(E_TransferSyntax syntax) {
  switch (syntax) {
    case EXS_JPEGProcess1:
    case EXS_JPEGProcess2_4:
    case EXS_JPEGProcess6_8:
    case EXS_JPEGProcess10_12:
    case EXS_JPEGProcess14:
    case EXS_JPEGProcess14SV1:
      return true;
    default:
      return false;
  }
}

bool IsJpegLs(E_TransferSyntax syntax) {
  return syntax == EXS_JPEGLSLossless || syntax == EXS_JPEGLSLossy;
}

/// RLE and JPEG-LS, by the toolkit.
void Decompress(DcmDataset& dataset, E_TransferSyntax syntax, const PixelHeader& h) {
  DcmPixelSequence& sequence = CompressedData(dataset, syntax);
  if (IsJpegLs(syntax)) CheckJpegStream(JoinFragments(sequence), h);
  const OFCondition status = dataset.chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
  if (status.bad() || !dataset.canWriteXfer(EXS_LittleEndianExplicit)) {
    throw Error(ErrorCode::kCorrupt,
                std::string("has pixel data that cannot be decompressed (") +
                    DcmXfer(syntax).getXferName() + ")",
                {}, "it is cut short or damaged");
  }
}

/// Samples of one channel, shifted and masked to their stored bits.
template <typename Sample>
cv::Mat1w Unpack(const Sample* from, const PixelHeader& h, int channel) {
  cv::Mat1w patterns(h.rows, h.columns);
  const int shift = h.high_bit + 1 - h.stored, mask = (1 << h.stored) - 1;
  const std::size_t pixels = static_cast<std::size_t>(h.rows) * static_cast<std::size_t>(h.columns);
  const std::size_t step = h.planar ? 1 : static_cast<std::size_t>(h.samples);
  from += h.planar ? static_cast<std::size_t>(channel) * pixels : static_cast<std::size_t>(channel);
  std::uint16_t* to = patterns.ptr<std::uint16_t>();
  for (std::size_t i = 0; i < pixels; ++i) {
    to[i] = static_cast<std::uint16_t>((from[i * step] >> shift) & mask);
  }
  return patterns;
}

[[noreturn]] void RefuseColour() {
  throw Error(ErrorCode::kUnsupported, "is a colour picture", {},
              "give the mammogram itself, in grey");
}

/// Lossy compression of a grey picture as colour leaves a rounding between its channels.
constexpr double kColourRounding = 8;

template <typename Sample>
cv::Mat1w UnpackGrey(const Sample* from, unsigned long count, const PixelHeader& h) {
  const auto needed = static_cast<unsigned long>(h.rows) * static_cast<unsigned long>(h.columns) *
                      static_cast<unsigned long>(h.samples);
  if (from == nullptr || count < needed) {
    Corrupt("has pixel data that are cut short (" + std::to_string(count * sizeof(Sample)) +
            " bytes of " + std::to_string(needed * sizeof(Sample)) + ")");
  }
  cv::Mat1w grey = Unpack(from, h, 0);
  for (int channel = 1; channel < h.samples; ++channel) {
    if (cv::norm(grey, Unpack(from, h, channel), cv::NORM_INF) > kColourRounding) RefuseColour();
  }
  return grey;
}

bool StartsWith(DcmItem& dataset, std::string_view photometric) {
  return DicomText(dataset, DCM_PhotometricInterpretation).rfind(photometric, 0) == 0;
}

StoredPixels FromJpeg2000(DcmDataset& dataset, E_TransferSyntax syntax, const PixelHeader& header,
                          const DecodeOptions& options) {
  const auto stream = JoinFragments(CompressedData(dataset, syntax));
  StoredPixels stored;
  stored.bits = header.stored;
  stored.is_signed = header.is_signed;
  auto decoded = DecodeJpeg2000(stream, {.rows = header.rows,
                                         .columns = header.columns,
                                         .channels = header.samples,
                                         .bits = header.stored,
                                         .wanted_long_side = options.wanted_long_side,
                                         .threads = options.threads});
  stored.reduction = decoded.reduction;
  stored.patterns = std::move(decoded.channels.front());
  for (std::size_t channel = 1; channel < decoded.channels.size(); ++channel) {
    if (cv::norm(stored.patterns, decoded.channels[channel], cv::NORM_INF) > kColourRounding) {
      RefuseColour();
    }
  }
  return stored;
}

StoredPixels FromJpeg(DcmDataset& dataset, E_TransferSyntax syntax, PixelHeader header) {
  auto stream = JoinFragments(CompressedData(dataset, syntax));
  CheckJpegStream(stream, header);
  const JpegSamples samples = DecodeJpeg(stream, StartsWith(dataset, "YBR"));
  // A codestream of just the stored bits holds them right-aligned, whatever High Bit says.
  if (ReadJpegHeader(stream)->precision <= header.stored) header.high_bit = header.stored - 1;
  header.planar = false;
  StoredPixels stored;
  stored.bits = header.stored;
  stored.is_signed = header.is_signed;
  const auto count = static_cast<unsigned long>(samples.data.size()) /
                     static_cast<unsigned long>(samples.bytes_per_sample);
  stored.patterns =
      samples.bytes_per_sample == 2
          ? UnpackGrey(reinterpret_cast<const Uint16*>(samples.data.data()), count, header)
          : UnpackGrey(samples.data.data(), count, header);
  return stored;
}

}  // namespace

void CheckPixelHeader(DcmItem& dataset) { Check(ReadPixelHeader(dataset)); }

StoredPixels DecodePixels(DcmDataset& dataset, const DecodeOptions& options) {
  PixelHeader header = ReadPixelHeader(dataset);
  Check(header);
  if (!dataset.tagExists(DCM_PixelData)) Corrupt("ends before its pixel data");
  const E_TransferSyntax syntax = dataset.getOriginalXfer();
  if (IsJpeg2000(syntax)) return FromJpeg2000(dataset, syntax, header, options);
  if (IsJpeg(syntax)) return FromJpeg(dataset, syntax, header);
  const bool compressed = DcmXfer(syntax).isEncapsulated();
  if (compressed) {
    if (!IsJpegLs(syntax) && syntax != EXS_RLELossless) {
      throw Error(ErrorCode::kUnsupported,
                  std::string("is compressed as ") + DcmXfer(syntax).getXferName(), {},
                  "convert it to Explicit VR Little Endian or JPEG 2000");
    }
    Decompress(dataset, syntax, header);
    // The decoder may have changed the order of colours.
    header = ReadPixelHeader(dataset);
    Check(header);
  } else if (header.samples == 3 && !StartsWith(dataset, "RGB")) {
    RefuseColour();
  }
  StoredPixels stored;
  stored.is_signed = header.is_signed;
  stored.bits = header.stored;
  unsigned long count = 0;
  if (header.allocated == 16) {
    const Uint16* values = nullptr;
    dataset.findAndGetUint16Array(DCM_PixelData, values, &count);
    stored.patterns = UnpackGrey(values, count, header);
  } else {
    const Uint8* values = nullptr;
    dataset.findAndGetUint8Array(DCM_PixelData, values, &count);
    stored.patterns = UnpackGrey(values, count, header);
  }
  return stored;
}

}  // namespace mhcnn
