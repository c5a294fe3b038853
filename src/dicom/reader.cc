#include "dicom/reader.h"

#include <algorithm>

#include "base/error.h"
#include "dicom/decode.h"
#include "dicom/display.h"
#include "dicom/display_header.h"
#include "dicom/facts.h"
#include "dicom/scope.h"
#include "image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// What the header says, once it is known to be that of a picture to read; the pixel data are not
/// touched.
MammogramFacts CheckedFacts(DcmFileFormat& file, const DicomReadOptions& options) {
  MammogramFacts facts = FactsOf(file);
  CheckScope(*file.getDataset(), facts, options.convert_raw);
  CheckPixelHeader(*file.getDataset());
  return facts;
}

/// Raw signal to grey. Pixel Intensity Relationship (0028,1040) says whether the values are already
/// logarithmic, its Sign (0028,1041) which way they go; without them, more signal is more
/// radiation.
GreyImage ConvertRaw(DcmItem& dataset, const StoredPixels& stored,
                     const DisplayParameters& parameters) {
  const bool is_linear = DicomText(dataset, DCM_PixelIntensityRelationship) != "LOG";
  const auto sign = DicomNumber(dataset, DCM_PixelIntensityRelationshipSign);
  std::vector<std::size_t> histogram(std::size_t{1} << stored.bits);
  for (const std::uint16_t pattern : stored.patterns) ++histogram[pattern];
  // Dead pixels must not set the range: a thousandth of the picture may lie beyond either end.
  const std::size_t allowed = stored.patterns.total() / 1000;
  const int count = 1 << stored.bits;
  const auto pattern_of = [&](int rank) {  // rank counts from the lowest value up
    return static_cast<std::uint16_t>((rank + (stored.is_signed ? count / 2 : 0)) & (count - 1));
  };
  int low = 0, high = count - 1;
  for (std::size_t n = 0; low < count - 1; ++low) {
    if ((n += histogram[pattern_of(low)]) > allowed) break;
  }
  for (std::size_t n = 0; high > low; --high) {
    if ((n += histogram[pattern_of(high)]) > allowed) break;
  }
  const auto value = [&](int rank) {
    return StoredValue(pattern_of(rank), stored.bits, stored.is_signed);
  };
  return ApplyTable(stored.patterns, RawTable(parameters, sign.value_or(1) >= 0, is_linear,
                                              value(low), value(high)));
}

/// Is Pixel Padding Value the stored value that is shown darkest? In a reduced picture padding and
/// tissue mix along their border, which does no harm where the padding is black anyway.
bool PadsWithBlack(DcmItem& dataset) {
  MammogramFacts facts;
  facts.photometric = DicomText(dataset, DCM_PhotometricInterpretation);
  const int bits = std::clamp(DicomUnsigned(dataset, DCM_BitsStored).value_or(16), 1, 16);
  DisplayParameters parameters = ReadDisplayParameters(
      dataset, bits, DicomUnsigned(dataset, DCM_PixelRepresentation).value_or(0) == 1, 1, facts);
  if (!parameters.padding) return true;
  const int padding = parameters.padding->first;
  parameters.padding.reset();
  const auto table = DisplayTable(parameters);
  return table[static_cast<std::size_t>(padding) & (table.size() - 1)] <=
         *std::min_element(table.begin(), table.end()) + 65535 / 50;
}

}  // namespace

Mammogram ReadDicomMammogram(const fs::path& path, const DicomReadOptions& options) {
  try {
    const auto file = LoadDicom(path);
    Mammogram mammogram;
    mammogram.facts = CheckedFacts(*file, options);
    mammogram.facts.path = path.string();
    DcmDataset& dataset = *file->getDataset();
    const bool may_reduce = !dataset.tagExists(DCM_PixelPaddingValue) || PadsWithBlack(dataset);
    const StoredPixels stored = DecodePixels(dataset, may_reduce ? options.wanted_long_side : 0);
    mammogram.facts.bits = stored.bits;
    const DisplayParameters parameters = ReadDisplayParameters(
        dataset, stored.bits, stored.is_signed, options.window, mammogram.facts);
    if (mammogram.facts.for_processing) {
      mammogram.pixels = ConvertRaw(dataset, stored, parameters);
      mammogram.facts.flags.emplace_back("raw_converted");
    } else {
      mammogram.pixels = ApplyTable(stored.patterns, DisplayTable(parameters));
    }
    return mammogram;
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kLimit, "needs more memory than there is", path.string());
  }
}

MammogramFacts ReadDicomFacts(const fs::path& path) {
  MammogramFacts facts = FactsOf(*LoadDicom(path));
  facts.path = path.string();
  return facts;
}

std::optional<Error> WhyNotReadable(const fs::path& path, const DicomReadOptions& options) {
  try {
    CheckedFacts(*LoadDicom(path), options);
    return std::nullopt;
  } catch (const Error& e) {
    return e.WithSubject(path.string());
  }
}

Mammogram ReadMammogram(const fs::path& path, const DicomReadOptions& options) {
  switch (SniffFileKind(path)) {
    case FileKind::kDicom:
      return ReadDicomMammogram(path, options);
    case FileKind::kUnknown: {
      std::error_code ec;
      if (!fs::exists(path, ec)) {
        throw Error(ErrorCode::kNotFound, "does not exist", path.string());
      }
      throw Error(ErrorCode::kUnsupported, "is neither DICOM nor a PNG, TIFF, JPEG or PGM picture",
                  path.string());
    }
    default:
      return ReadPictureFile(path);
  }
}

}  // namespace mhcnn
