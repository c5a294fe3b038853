#include "mhcnn/service/dicomweb/pixel_frames.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/file_bytes.h"
#include "mhcnn/base/memory_file.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/decode.h"
#include "mhcnn/dicom/structure.h"
#include "mhcnn/dicom/syntax.h"
#include "mhcnn/service/dicomweb/dicom_json.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestObject = std::uint64_t{4} << 30;
constexpr const char* kExplicit = UID_LittleEndianExplicitTransferSyntax;

[[noreturn]] void ThrowUnsupported(const std::string& problem) {
  throw Error(ErrorCode::kUnsupported, problem, {}, "retrieve the whole object");
}

int FrameCount(DcmItem& dataset) {
  if (!dataset.tagExists(DCM_PixelData)) return 0;
  const auto frames = DicomNumber(dataset, DCM_NumberOfFrames);
  return frames && *frames >= 1 && *frames < 100'000 ? static_cast<int>(*frames) : 1;
}

bool IsCompressed(DcmDataset& dataset) {
  return DcmXfer(dataset.getOriginalXfer()).isEncapsulated();
}

/// Returns the samples of the wanted frames.
std::vector<std::string> SplitSamples(std::string_view bytes, DcmItem& dataset,
                                      const std::vector<std::size_t>& numbers) {
  const auto value = [&](const DcmTagKey& key, int otherwise) {
    return static_cast<std::uint64_t>(DicomUnsigned(dataset, key).value_or(otherwise));
  };
  const std::uint64_t pixels = value(DCM_Rows, 0) * value(DCM_Columns, 0) *
                               std::max<std::uint64_t>(1, value(DCM_SamplesPerPixel, 1));
  const std::uint64_t bits = pixels * value(DCM_BitsAllocated, 16);
  const auto frames = static_cast<std::uint64_t>(FrameCount(dataset));
  if (bits == 0 || bytes.size() * 8 < bits * frames) ThrowUnsupported("has incomplete pixel data");
  std::vector<std::string> split;
  for (const std::size_t number : numbers) {
    const std::uint64_t begin = bits * (number - 1);
    if (begin % 8 == 0) {
      split.emplace_back(bytes.substr(begin / 8, (bits + 7) / 8));
      continue;
    }
    // Frames of one bit for each pixel follow each other without a gap.
    std::string one((bits + 7) / 8, '\0');
    for (std::uint64_t i = 0; i < bits; ++i) {
      const std::uint64_t at = begin + i;
      if ((static_cast<unsigned char>(bytes[at / 8]) >> (at % 8)) & 1)
        one[i / 8] = static_cast<char>(one[i / 8] | (1 << (i % 8)));
    }
    split.push_back(std::move(one));
  }
  return split;
}

/// Returns the samples of one grey frame, with the bits that the file allocates for each.
std::string GreySamples(DcmDataset& dataset) {
  const StoredPixels stored = DecodePixels(dataset);
  const int allocated = DicomUnsigned(dataset, DCM_BitsAllocated).value_or(16);
  const bool bytes = allocated == 8;
  if (!bytes && allocated != 16) ThrowUnsupported("allocates neither 8 nor 16 bits");
  const int sign = stored.is_signed && stored.bits < 16 ? 1 << (stored.bits - 1) : 0;
  std::string samples;
  samples.reserve(stored.patterns.total() * (bytes ? 1 : 2));
  for (const std::uint16_t pattern : stored.patterns) {
    const int value = (pattern & sign) != 0 ? pattern - 2 * sign : pattern;
    samples += static_cast<char>(value & 0xFF);
    if (!bytes) samples += static_cast<char>((value >> 8) & 0xFF);
  }
  return samples;
}

std::string AllSamples(DcmDataset& dataset) {
  DcmElement* element = nullptr;
  if (dataset.findAndGetElement(DCM_PixelData, element).bad() || element == nullptr) {
    ThrowUnsupported("has no pixel data");
  }
  if (!IsCompressed(dataset)) {
    auto bytes = ReadBinaryValue(*element);
    if (!bytes) ThrowUnsupported("has pixel data that cannot be read");
    return std::move(*bytes);
  }
  const int samples = DicomUnsigned(dataset, DCM_SamplesPerPixel).value_or(1);
  if (FrameCount(dataset) == 1 && samples == 1) return GreySamples(dataset);
  if (dataset.chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad() ||
      dataset.findAndGetElement(DCM_PixelData, element).bad()) {
    ThrowUnsupported("cannot be decompressed here");
  }
  auto bytes = ReadBinaryValue(*element);
  if (!bytes) ThrowUnsupported("cannot be decompressed here");
  return std::move(*bytes);
}

/// Returns compressed frames as they are in the file.
PixelFrames StoredFrames(std::span<const std::uint8_t> bytes, int frames,
                         const std::vector<std::size_t>& numbers) {
  const DicomStructure structure = ReadDicomStructure(bytes);
  PixelFrames read;
  read.transfer_syntax = structure.syntax;
  if (!structure.whole_picture || !structure.compressed) {
    ThrowUnsupported("has no frames that are compressed");
  }
  if (frames != 1 && structure.pixels.size() != static_cast<std::size_t>(frames)) {
    ThrowUnsupported("has frames of several fragments");
  }
  for (const std::size_t number : numbers) {
    std::string frame;
    for (std::size_t i = 0; i < structure.pixels.size(); ++i) {
      if (frames != 1 && i + 1 != number) continue;
      const ByteRange& range = structure.pixels[i];
      const auto part = bytes.subspan(range.at, range.size);
      frame.append(reinterpret_cast<const char*>(part.data()), part.size());
    }
    read.frames.push_back(std::move(frame));
  }
  return read;
}

/// Returns the frames if the file contains them uncompressed and in the form in which they are
/// sent; else nothing.
std::optional<std::vector<std::string>> FramesInPlace(std::span<const std::uint8_t> bytes,
                                                      DcmDataset& dataset,
                                                      const std::vector<std::size_t>& numbers) {
  const DicomStructure structure = ReadDicomStructure(bytes);
  if (!structure.whole_picture || structure.compressed || !structure.inflated.empty() ||
      structure.pixels.size() != 1 || structure.syntax == UID_BigEndianExplicitTransferSyntax) {
    return std::nullopt;
  }
  const auto part = bytes.subspan(structure.pixels[0].at, structure.pixels[0].size);
  const std::string_view samples(reinterpret_cast<const char*>(part.data()), part.size());
  return SplitSamples(samples, dataset, numbers);
}

}  // namespace

PixelDataInfo ReadPixelDataInfo(const fs::path& path) {
  const auto file = LoadDicom(path);
  DcmDataset& dataset = *file->getDataset();
  PixelDataInfo metadata;
  metadata.frames = FrameCount(dataset);
  metadata.transfer_syntax =
      FileBytes(path).Read([](auto bytes) { return ReadDicomStructure(bytes).syntax; });
  const DcmXfer xfer(dataset.getOriginalXfer());
  metadata.compressed = xfer.isEncapsulated() || IsHtj2k(metadata.transfer_syntax);
  if (metadata.transfer_syntax.empty()) metadata.transfer_syntax = xfer.getXferID();
  return metadata;
}

PixelFrames ReadStoredFrames(const fs::path& path, const std::vector<std::size_t>& numbers) {
  const auto loaded = LoadDicom(path);
  const int frames = FrameCount(*loaded->getDataset());
  return FileBytes(path).Read(
      [&](std::span<const std::uint8_t> bytes) { return StoredFrames(bytes, frames, numbers); });
}

PixelFrames ReadUncompressedFrames(const fs::path& path, const std::vector<std::size_t>& numbers) {
  const auto file = LoadDicom(path);
  DcmDataset& dataset = *file->getDataset();
  if (!IsCompressed(dataset)) {
    // Only the wanted frames of a large object are read.
    auto frames = FileBytes(path).Read([&](std::span<const std::uint8_t> bytes) {
      return FramesInPlace(bytes, dataset, numbers);
    });
    if (frames) return {kExplicit, std::move(*frames)};
  }
  return {kExplicit, SplitSamples(AllSamples(dataset), dataset, numbers)};
}

std::string ReadUncompressedFile(const fs::path& path) {
  const auto file = LoadDicom(path);
  DcmDataset& dataset = *file->getDataset();
  if (IsCompressed(dataset)) {
    std::string samples = AllSamples(dataset);
    if (samples.size() % 2 != 0) samples += '\0';
    // A new element is made: the toolkit would keep the compressed one in the old element.
    auto pixels = std::make_unique<DcmPixelData>(DCM_PixelData);
    const bool bytes = DicomUnsigned(dataset, DCM_BitsAllocated).value_or(16) <= 8;
    if (bytes) {
      pixels->setVR(EVR_OB);
      pixels->putUint8Array(reinterpret_cast<const Uint8*>(samples.data()), samples.size());
    } else {
      pixels->setVR(EVR_OW);
      pixels->putUint16Array(reinterpret_cast<const Uint16*>(samples.data()), samples.size() / 2);
    }
    dataset.findAndDeleteElement(DCM_PixelData);
    dataset.insert(pixels.release(), OFTrue);
  }
  const MemoryFile made;
  if (file->saveFile(made.path().c_str(), EXS_LittleEndianExplicit).bad()) {
    ThrowUnsupported("cannot be written in Explicit VR Little Endian");
  }
  return ReadTextFile(made.path(), kLargestObject);
}

std::string FrameMediaType(const std::string& transfer_syntax) {
  static const std::map<std::string, std::string> types = {
      {UID_JPEGProcess1TransferSyntax, "image/jpeg"},
      {UID_JPEGProcess2_4TransferSyntax, "image/jpeg"},
      {UID_JPEGProcess14TransferSyntax, "image/jpeg"},
      {UID_JPEGProcess14SV1TransferSyntax, "image/jpeg"},
      {UID_JPEGLSLosslessTransferSyntax, "image/jls"},
      {UID_JPEGLSLossyTransferSyntax, "image/jls"},
      {UID_JPEG2000LosslessOnlyTransferSyntax, "image/jp2"},
      {UID_JPEG2000TransferSyntax, "image/jp2"},
      {UID_RLELosslessTransferSyntax, "image/dicom-rle"}};
  if (IsHtj2k(transfer_syntax)) return "image/jphc";
  const auto found = types.find(transfer_syntax);
  return found == types.end() ? "application/octet-stream" : found->second;
}

}  // namespace mhcnn
