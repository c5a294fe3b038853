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

/// What the header says, and how the file's bytes differ from it.
MammogramMetadata AllFacts(DicomFile& file) {
  MammogramMetadata facts = ReadMetadata(file);
  facts.flags.insert(facts.flags.end(), file.flags.begin(), file.flags.end());
  return facts;
}

/// What the header says, once it is known to be that of a picture to read; the pixel data are not
/// touched.
MammogramMetadata CheckedFacts(DicomFile& file, const DicomReadOptions& options) {
  MammogramMetadata facts = AllFacts(file);
  CheckScope(*file.getDataset(), facts, options.convert_raw);
  CheckPixelHeader(*file.getDataset());
  return facts;
}

RawSignal RawSignalOf(DcmItem& dataset, const MammogramMetadata& facts) {
  RawSignal signal;
  signal.is_linear = DicomText(dataset, DCM_PixelIntensityRelationship) != "LOG";
  signal.brighter_is_air =
      DicomNumber(dataset, DCM_PixelIntensityRelationshipSign).value_or(1) >= 0;
  signal.pixel_mm = facts.row_spacing_mm;
  return signal;
}

/// Padding must not be mixed with its neighbours unless it is as dark as it is to become.
int WantedLongSide(DcmItem& dataset, MammogramMetadata facts, const DicomReadOptions& options) {
  if (options.wanted_long_side <= 0) return 0;
  if (facts.for_processing) {
    return dataset.tagExists(DCM_PixelPaddingValue) ? 0 : options.wanted_long_side;
  }
  const bool is_signed = DicomUnsigned(dataset, DCM_PixelRepresentation).value_or(0) == 1;
  const auto parameters =
      ReadDisplayParameters(dataset, facts.bits, is_signed, options.window, facts);
  return PaddingIsDark(parameters) ? options.wanted_long_side : 0;
}

void SetReduction(MammogramMetadata& facts, int reduction) {
  facts.reduction = reduction;
  if (facts.row_spacing_mm) *facts.row_spacing_mm *= reduction;
  if (facts.column_spacing_mm) *facts.column_spacing_mm *= reduction;
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

/// What a shutter hides is background, like padding, and has no say in the range of the values.
void HideShutter(DcmDataset& dataset, StoredPixels& stored) {
  const Mask hidden = HiddenByShutter(dataset, stored.patterns.size());
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
    mammogram.facts = CheckedFacts(*file, options);
    mammogram.facts.path = path.string();
    DcmDataset& dataset = *file->getDataset();
    MammogramMetadata& facts = mammogram.facts;
    StoredPixels stored =
        DecodePixels(dataset, {WantedLongSide(dataset, facts, options), options.threads});
    HideShutter(dataset, stored);
    facts.bits = stored.bits;
    SetReduction(facts, stored.reduction);
    if (stored.bits_conflict) AddFlag(facts.flags, Flag::kBitsConflict);
    const DisplayParameters parameters = ReadDisplayParameters(
        dataset, stored.bits, stored.is_signed, options.window, facts, CountPatterns(stored));
    if (facts.for_processing) {
      mammogram.pixels =
          ConvertRaw(stored.patterns, parameters, RawSignalOf(dataset, facts), stored.padded);
      AddFlag(facts.flags, Flag::kRawConverted);
    } else {
      mammogram.pixels = ApplyTable(stored.patterns, DisplayTable(parameters));
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

MammogramMetadata ReadDicomFacts(const fs::path& path) {
  MammogramMetadata facts = AllFacts(*LoadDicom(path));
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
      FileHead(path, 1);  // says what is wrong with a file that cannot be read at all
      throw Error(ErrorCode::kUnsupported,
                  std::string("is neither DICOM nor a ") + kPictureFormats + " picture",
                  path.string());
    }
    default:
      return ReadPictureFile(path);
  }
}

}  // namespace mhcnn
