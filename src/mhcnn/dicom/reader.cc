#include "mhcnn/dicom/reader.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/dicom/decode.h"
#include "mhcnn/dicom/display.h"
#include "mhcnn/dicom/display_header.h"
#include "mhcnn/dicom/metadata.h"
#include "mhcnn/dicom/present_values.h"
#include "mhcnn/dicom/raw.h"
#include "mhcnn/dicom/scope.h"
#include "mhcnn/dicom/shutter.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Reads what the header states, and adds how the file's bytes differ from it.
MammogramMetadata ReadAllMetadata(DicomFile& file) {
  MammogramMetadata metadata = ReadMetadata(file);
  metadata.flags.insert(metadata.flags.end(), file.flags.begin(), file.flags.end());
  return metadata;
}

/// Reads what the header states, after checks that it is that of a picture to read; the pixel data
/// are not touched.
MammogramMetadata ReadCheckedMetadata(DicomFile& file, const DicomReadOptions& options) {
  MammogramMetadata metadata = ReadAllMetadata(file);
  CheckScope(*file.getDataset(), metadata, options.convert_raw);
  CheckPixelHeader(*file.getDataset());
  return metadata;
}

RawSignal ReadRawSignal(DcmItem& dataset, const MammogramMetadata& metadata) {
  RawSignal signal;
  signal.is_linear = DicomText(dataset, DCM_PixelIntensityRelationship) != "LOG";
  signal.brighter_is_air =
      DicomNumber(dataset, DCM_PixelIntensityRelationshipSign).value_or(1) >= 0;
  signal.pixel_mm = metadata.row_spacing_mm;
  return signal;
}

/// Padding must not be mixed with its neighbours unless it is as dark as it is to become.
int WantedLongSide(DcmItem& dataset, MammogramMetadata metadata, const DicomReadOptions& options) {
  if (options.wanted_long_side <= 0) return 0;
  if (metadata.for_processing) {
    return dataset.tagExists(DCM_PixelPaddingValue) ? 0 : options.wanted_long_side;
  }
  const bool is_signed = DicomUnsigned(dataset, DCM_PixelRepresentation).value_or(0) == 1;
  const auto parameters =
      ReadDisplayParameters(dataset, metadata.bits, is_signed, options.window, metadata);
  return IsPaddingDark(parameters) ? options.wanted_long_side : 0;
}

void SetReduction(MammogramMetadata& metadata, int reduction) {
  metadata.reduction = reduction;
  if (metadata.row_spacing_mm) *metadata.row_spacing_mm *= reduction;
  if (metadata.column_spacing_mm) *metadata.column_spacing_mm *= reduction;
}

/// Pixel i of a wavelet's low pass r times smaller lies at i r in the picture (ISO/IEC 15444-1,
/// annex F: the low pass keeps the even samples), that of an average at i r + (r - 1) / 2, where
/// every other part of this program takes it to be.
void Centre(GreyImage& pixels, int reduction) {
  const double shift = (reduction - 1) / 2.0 / reduction;
  const cv::Matx23d from{1, 0, shift, 0, 1, shift};
  GreyImage centred;
  cv::warpAffine(pixels, centred, from, pixels.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_REPLICATE);
  pixels = centred;
}

/// Marks what a shutter hides as background, like padding, which the range of values leaves out.
void HideShutter(DcmDataset& dataset, StoredPixels& stored) {
  const Mask hidden = MakeShutterMask(dataset, stored.patterns.size());
  if (hidden.empty()) return;
  stored.padded = stored.padded.empty() ? hidden : Mask(stored.padded | hidden);
}

}  // namespace

void DicomReadOptions::Check() const {
  CheckAtLeast("wanted_long_side", wanted_long_side, 0);
  CheckAtLeast("threads", threads, 0);
}

Mammogram ReadDicomMammogram(const fs::path& path, const DicomReadOptions& options) {
  options.Check();
  try {
    const auto file = LoadDicom(path);
    Mammogram mammogram;
    mammogram.metadata = ReadCheckedMetadata(*file, options);
    mammogram.metadata.path = path.string();
    DcmDataset& dataset = *file->getDataset();
    MammogramMetadata& metadata = mammogram.metadata;
    StoredPixels stored =
        DecodePixels(dataset, {WantedLongSide(dataset, metadata, options), options.threads});
    HideShutter(dataset, stored);
    metadata.bits = stored.bits;
    SetReduction(metadata, stored.reduction);
    if (stored.bits_conflict) AddFlag(metadata.flags, Flag::kBitsConflict);
    const DisplayParameters parameters = ReadDisplayParameters(
        dataset, stored.bits, stored.is_signed, options.window, metadata, CountPatterns(stored));
    if (metadata.for_processing) {
      mammogram.pixels =
          ConvertRaw(stored.patterns, parameters, ReadRawSignal(dataset, metadata), stored.padded);
      AddFlag(metadata.flags, Flag::kRawConverted);
    } else {
      mammogram.pixels = ApplyTable(stored.patterns, MakeDisplayTable(parameters));
    }
    if (!stored.padded.empty()) mammogram.pixels.setTo(0, stored.padded);
    if (stored.reduction > 1) Centre(mammogram.pixels, stored.reduction);
    return mammogram;
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kLimit, "needs more memory than there is", path.string());
  }
}

MammogramMetadata ReadDicomMetadata(const fs::path& path) {
  MammogramMetadata metadata = ReadAllMetadata(*LoadDicom(path));
  metadata.path = path.string();
  return metadata;
}

std::optional<Error> FindReadProblem(const fs::path& path, const DicomReadOptions& options) {
  try {
    ReadCheckedMetadata(*LoadDicom(path), options);
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
      ReadFileHead(path, 1);  // says what is wrong with a file that cannot be read at all
      throw Error(ErrorCode::kUnsupported,
                  std::string("is neither DICOM nor a ") + kImageFormats + " picture",
                  path.string());
    }
    default:
      return ReadImageFile(path);
  }
}

}  // namespace mhcnn
