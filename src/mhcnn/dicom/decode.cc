#include "mhcnn/dicom/decode.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <algorithm>
#include <cstdlib>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/dicom/grey_channels.h"
#include "mhcnn/dicom/jpeg.h"
#include "mhcnn/dicom/lookup_table.h"
#include "mhcnn/dicom/palette.h"
#include "mhcnn/dicom/stored_bits.h"
#include "mhcnn/image/codestream.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/jpeg2000.h"

namespace mhcnn {
namespace {

[[noreturn]] void Corrupt(const std::string& what) { throw Error(ErrorCode::kCorrupt, what); }

PixelHeader ReadPixelHeader(DcmItem& dataset) {
  PixelHeader header;
  header.rows = DicomUnsigned(dataset, DCM_Rows).value_or(0);
  header.columns = DicomUnsigned(dataset, DCM_Columns).value_or(0);
  header.samples = DicomUnsigned(dataset, DCM_SamplesPerPixel).value_or(1);
  header.allocated = DicomUnsigned(dataset, DCM_BitsAllocated).value_or(0);
  header.stored = DicomUnsigned(dataset, DCM_BitsStored).value_or(header.allocated);
  header.high_bit = DicomUnsigned(dataset, DCM_HighBit).value_or(header.stored - 1);
  header.high_bit_impossible =
      header.high_bit >= header.allocated || header.high_bit < header.stored - 1;
  if (header.high_bit_impossible) header.high_bit = header.stored - 1;
  header.is_signed = DicomUnsigned(dataset, DCM_PixelRepresentation).value_or(0) == 1;
  header.planar = DicomUnsigned(dataset, DCM_PlanarConfiguration).value_or(0) == 1;
  header.padding = ReadDicomValue16(dataset, DCM_PixelPaddingValue, 0, header.is_signed);
  header.padding_limit = ReadDicomValue16(dataset, DCM_PixelPaddingRangeLimit, 0, header.is_signed);
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
  if (h.stored < 1 || h.stored > h.allocated) {
    Corrupt("has impossible Bits Stored " + std::to_string(h.stored) + " in " +
            std::to_string(h.allocated) + " bits");
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
    Corrupt("contains no compressed pixel data");
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
    const OFCondition status = item->getUint8Array(bytes);
    CheckMemory(status);
    if (status.bad() || bytes == nullptr) {
      Corrupt("has pixel data that are cut short");
    }
    stream.insert(stream.end(), bytes, bytes + length);
  }
  if (stream.empty()) Corrupt("contains no compressed pixel data");
  return stream;
}

bool IsJpeg2000(E_TransferSyntax syntax) {
  return syntax == EXS_JPEG2000 || syntax == EXS_JPEG2000LosslessOnly;
}

/// Checks the size and the end of a stream: JPEG and JPEG-LS decoders fill a missing rest with grey
/// and trust the header's size.
CodestreamHeader CheckJpegStream(const std::vector<std::uint8_t>& stream, const PixelHeader& h) {
  const auto header = ReadJpegHeader(stream);
  if (!header) Corrupt("has a compressed picture without a valid header");
  if (header->rows != h.rows || header->columns != h.columns) {
    Corrupt("has a compressed picture of " + std::to_string(header->columns) + " x " +
            std::to_string(header->rows) + " pixels, not the " + std::to_string(h.columns) + " x " +
            std::to_string(h.rows) + " of the header");
  }
  if (header->components != 1 && header->components != 3) {
    Corrupt("has a compressed picture of " + std::to_string(header->components) + " components");
  }
  if (!HasJpegEnd(stream)) Corrupt("has a compressed picture that is cut short");
  return *header;
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
void Decompress(DcmDataset& dataset, E_TransferSyntax syntax) {
  const OFCondition status = dataset.chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
  CheckMemory(status);
  if (status.bad() || !dataset.canWriteXfer(EXS_LittleEndianExplicit)) {
    throw Error(ErrorCode::kCorrupt,
                std::string("has pixel data that cannot be decompressed (") +
                    DcmXfer(syntax).getXferName() + ")",
                {}, "it is cut short or damaged");
  }
}

bool StartsWith(DcmItem& dataset, std::string_view photometric) {
  return DicomText(dataset, DCM_PhotometricInterpretation).rfind(photometric, 0) == 0;
}

/// Every `step`th sample from `from` on.
template <typename Sample>
cv::Mat1w Channel(const Sample* from, std::size_t step, cv::Size size) {
  cv::Mat1w channel(size);
  std::uint16_t* to = channel.ptr<std::uint16_t>();
  const std::size_t count = channel.total();
  if (step == 1) {
    std::copy(from, from + count, to);
  } else {
    for (std::size_t i = 0; i < count; ++i) to[i] = from[i * step];
  }
  return channel;
}

/// The channels of samples that stand in memory by pixel or by plane.
template <typename Sample>
std::vector<cv::Mat1w> Channels(const Sample* from, unsigned long count, const PixelHeader& h,
                                bool chroma_is_halved) {
  const auto pixels = static_cast<unsigned long>(h.rows) * static_cast<unsigned long>(h.columns);
  const auto samples = static_cast<unsigned long>(h.samples);
  const cv::Size size(h.columns, h.rows);
  // YBR_FULL_422, two luminances and then their common chroma; some writers halve nothing.
  if (from != nullptr && chroma_is_halved && samples == 3 && h.columns % 2 == 0 &&
      count >= 2 * pixels && count < 3 * pixels) {
    const cv::Mat1w pairs = Channel(from, 1, cv::Size(2 * h.columns, h.rows));
    std::vector<cv::Mat1w> channels = {cv::Mat1w(size), cv::Mat1w(h.rows, h.columns / 2),
                                       cv::Mat1w(h.rows, h.columns / 2)};
    for (int row = 0; row < h.rows; ++row) {
      for (int column = 0; column < h.columns; ++column) {
        channels[0](row, column) = pairs(row, column / 2 * 4 + column % 2);
        channels[1 + static_cast<std::size_t>(column % 2)](row, column / 2) =
            pairs(row, column / 2 * 4 + 2 + column % 2);
      }
    }
    return channels;
  }
  if (from == nullptr || count < pixels * samples) {
    Corrupt("has pixel data that are cut short (" + std::to_string(count * sizeof(Sample)) +
            " bytes of " + std::to_string(pixels * samples * sizeof(Sample)) + ")");
  }
  std::vector<cv::Mat1w> channels;
  for (unsigned long i = 0; i < samples; ++i) {
    channels.push_back(Channel(from + (h.planar ? i * pixels : i), h.planar ? 1 : samples, size));
  }
  return channels;
}

StoredPixels FromJpeg2000(DcmDataset& dataset, E_TransferSyntax syntax, const PixelHeader& header,
                          const DecodeOptions& options) {
  const auto stream = JoinFragments(CompressedData(dataset, syntax));
  Jpeg2000Request request{.rows = header.rows,
                          .columns = header.columns,
                          .wanted_long_side = options.wanted_long_side,
                          .threads = options.threads};
  const auto stated = FindJpeg2000Header(stream);
  if (stated && stated->components != 1 && stated->components != 3) {
    Corrupt("has a compressed picture of " + std::to_string(stated->components) + " components");
  }
  if (stated && BitsMayConflict(stated->precision, stated->is_signed, header)) {
    request.wanted_long_side = 0;
  }
  const Jpeg2000Image decoded = DecodeJpeg2000(stream, request);
  StoredPixels stored =
      ResolveBits({.words = MergeGreyChannels(decoded.channels, decoded.precision),
                   .width = decoded.precision,
                   .is_codestream = true,
                   .is_signed = decoded.is_signed},
                  header);
  stored.reduction = decoded.reduction;
  return stored;
}

StoredPixels FromJpeg(DcmDataset& dataset, E_TransferSyntax syntax, PixelHeader header) {
  auto stream = JoinFragments(CompressedData(dataset, syntax));
  const CodestreamHeader stated = CheckJpegStream(stream, header);
  const JpegSamples samples = DecodeJpeg(stream);
  header.planar = false;
  header.samples = stated.components;
  const auto count = static_cast<unsigned long>(samples.data.size()) /
                     static_cast<unsigned long>(samples.bytes_per_sample);
  const auto channels =
      samples.bytes_per_sample == 2
          ? Channels(reinterpret_cast<const Uint16*>(samples.data.data()), count, header, false)
          : Channels(samples.data.data(), count, header, false);
  return ResolveBits({.words = MergeGreyChannels(channels, stated.precision),
                      .width = stated.precision,
                      .is_codestream = true},
                     header);
}

/// JPEG-LS: the toolkit's decoder makes what the header says of what the stream holds, so the
/// header is first made to say what the stream does.
CodestreamHeader MatchJpegLsStream(DcmDataset& dataset, E_TransferSyntax syntax,
                                   const PixelHeader& header) {
  const CodestreamHeader stated =
      CheckJpegStream(JoinFragments(CompressedData(dataset, syntax)), header);
  const auto put = [&](const DcmTagKey& key, int value) {
    dataset.putAndInsertUint16(key, static_cast<Uint16>(value));
  };
  put(DCM_BitsAllocated, stated.precision > 8 ? 16 : 8);
  put(DCM_BitsStored, stated.precision);
  put(DCM_HighBit, stated.precision - 1);
  put(DCM_SamplesPerPixel, stated.components);
  if (stated.components == 3 && header.samples != 3) put(DCM_PlanarConfiguration, 0);
  return stated;
}

}  // namespace

void CheckPixelHeader(DcmItem& dataset) { Check(ReadPixelHeader(dataset)); }

void DecodeOptions::Check() const {
  CheckAtLeast("wanted_long_side", wanted_long_side, 0);
  CheckAtLeast("threads", threads, 0);
}

StoredPixels DecodePixels(DcmDataset& dataset, const DecodeOptions& options) {
  options.Check();
  const PixelHeader header = ReadPixelHeader(dataset);
  Check(header);
  if (!dataset.tagExists(DCM_PixelData)) Corrupt("ends before its pixel data");
  const bool has_palette = StartsWith(dataset, "PALETTE");
  const bool chroma_is_halved =
      DicomText(dataset, DCM_PhotometricInterpretation).find("_422") != std::string::npos;
  const E_TransferSyntax syntax = dataset.getOriginalXfer();
  SampleWords samples;
  samples.width = header.allocated;
  StoredPixels stored;
  if (IsJpeg2000(syntax)) {
    stored = FromJpeg2000(dataset, syntax, header, options);
  } else if (IsJpeg(syntax)) {
    stored = FromJpeg(dataset, syntax, header);
  } else {
    if (IsJpegLs(syntax)) {
      samples.width = MatchJpegLsStream(dataset, syntax, header).precision;
      samples.is_codestream = true;
    } else if (DcmXfer(syntax).isEncapsulated() && syntax != EXS_RLELossless) {
      throw Error(ErrorCode::kUnsupported,
                  std::string("is compressed as ") + DcmXfer(syntax).getXferName(), {},
                  "convert it to Explicit VR Little Endian or JPEG 2000");
    }
    if (DcmXfer(syntax).isEncapsulated()) Decompress(dataset, syntax);
    // The decoder may have changed the order of colours.
    const PixelHeader unpacked = ReadPixelHeader(dataset);
    unsigned long count = 0;
    std::vector<cv::Mat1w> channels;
    if (unpacked.allocated == 16) {
      const Uint16* values = nullptr;
      dataset.findAndGetUint16Array(DCM_PixelData, values, &count);
      channels = Channels(values, count, unpacked, chroma_is_halved);
    } else {
      const Uint8* values = nullptr;
      dataset.findAndGetUint8Array(DCM_PixelData, values, &count);
      channels = Channels(values, count, unpacked, chroma_is_halved);
    }
    samples.words = MergeGreyChannels(channels, samples.width);
    stored = ResolveBits(samples, header);
  }
  if (has_palette) ApplyPalette(dataset, stored);
  stored.bits_conflict = stored.bits_conflict || header.high_bit_impossible;
  return stored;
}

}  // namespace mhcnn
