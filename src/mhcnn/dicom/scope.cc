#include "mhcnn/dicom/scope.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/body_part.h"
#include "mhcnn/dicom/palette.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/synthesised.h"
#include "mhcnn/dicom/uid.h"
#include "mhcnn/dicom/view_codes.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

[[noreturn]] void Refuse(const std::string& what, const std::string& remedy = {}) {
  throw Error(ErrorCode::kOutOfScope, what, {}, remedy);
}

bool StartsWith(const std::string& text, std::string_view with) { return text.rfind(with, 0) == 0; }

/// Modalities that are certainly no mammogram, in words.
const std::map<std::string, std::string>& OtherModalities() {
  static const std::map<std::string, std::string> kNames = {
      {"CT", "a CT image"},
      {"MR", "an MR image"},
      {"US", "an ultrasound image"},
      {"IVUS", "an ultrasound image"},
      {"NM", "a nuclear medicine image"},
      {"PT", "a PET image"},
      {"XA", "an angiography image"},
      {"RF", "a fluoroscopy image"},
      {"PX", "a dental X-ray"},
      {"IO", "a dental X-ray"},
      {"BMD", "a bone densitometry image"},
      {"OP", "an eye image"},
      {"OPT", "an eye image"},
      {"ES", "an endoscopy image"},
      {"XC", "a photograph"},
      {"SM", "a microscopy image"},
      {"GM", "a microscopy image"},
      {"RTIMAGE", "a radiotherapy image"},
      {"RTDOSE", "a radiotherapy dose"},
      {"RTSTRUCT", "a radiotherapy structure set"},
      {"RTPLAN", "a radiotherapy plan"},
      {"SEG", "a segmentation"},
      {"SR", "a structured report"},
      {"PR", "a presentation state"},
      {"KO", "a key object selection"},
      {"DOC", "a document"},
      {"ECG", "an ECG"},
      {"REG", "a registration"},
  };
  return kNames;
}

/// Objects that are no image of anything, by their SOP class (PS3.4 B.5).
void CheckObjectKind(DcmItem& dataset, const MammogramMetadata& metadata) {
  const std::string& sop = metadata.sop_class_uid;
  static const std::string kStorage = "1.2.840.10008.5.1.4.1.1.";
  if (sop == "1.2.840.10008.1.3.10") {
    Refuse("is a DICOMDIR, the index of a medium", "give the folder that contains it");
  }
  if (StartsWith(sop, kStorage)) {
    const std::string kind = sop.substr(kStorage.size());
    if (StartsWith(kind, "66.") || kind == "66") Refuse("is a segmentation, not an image");
    if (StartsWith(kind, "88.")) Refuse("is a structured report, not an image");
    if (StartsWith(kind, "11.")) Refuse("is a presentation state, not an image");
    if (StartsWith(kind, "104.")) Refuse("is an encapsulated document, not an image");
    if (StartsWith(kind, "9.")) Refuse("is a waveform, not an image");
  }
  const auto other = OtherModalities().find(metadata.modality);
  if (other != OtherModalities().end()) Refuse("is " + other->second + ", not a mammogram");
  if (!dataset.tagExists(DCM_Rows) && !dataset.tagExists(DCM_Columns)) {
    Refuse(sop.empty() ? "is a DICOM object without a picture"
                       : "contains no picture (" + UidName(sop) + ")");
  }
}

bool IsMammographyClass(const std::string& sop) {
  return sop == UID_DigitalMammographyXRayImageStorageForPresentation ||
         sop == UID_DigitalMammographyXRayImageStorageForProcessing;
}

/// Codes of the breast, the right and the left one (PS3.16 CID 4013, 4031): SNOMED CT and RT.
bool IsBreastCode(const std::string& code) {
  static constexpr std::array kCodes = {"76752008", "73056007", "80248007",
                                        "T-04000",  "T-04020",  "T-04030"};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

/// Body Part Examined, and the code or the meaning of the Anatomic Region: "" where neither is
/// there.
std::string BodyPartText(DcmItem& dataset) {
  std::string part = DicomText(dataset, DCM_BodyPartExamined);
  if (DcmItem* region = DicomSequenceItem(dataset, DCM_AnatomicRegionSequence)) {
    if (IsBreastCode(DicomText(*region, DCM_CodeValue))) return "BREAST";
    if (part.empty()) part = DicomText(*region, DCM_CodeMeaning);
  }
  return ToUpper(std::move(part));
}

std::string Frames(DcmItem& dataset) {
  const double frames = DicomNumber(dataset, DCM_NumberOfFrames).value_or(1);
  return std::to_string(static_cast<long long>(std::clamp(frames, 1.0, 1e9))) + " frames";
}

void CheckTomosynthesis(Tomosynthesis kind, DcmItem& dataset) {
  static const std::string kRemedy = "give the 2D mammogram of the same study";
  switch (kind) {
    case Tomosynthesis::kProjection:
      Refuse("contains breast tomosynthesis projections", kRemedy);
    case Tomosynthesis::kSlice:
      Refuse("is one slice of a breast tomosynthesis volume", kRemedy);
    case Tomosynthesis::kVolume:
      Refuse("is a breast tomosynthesis volume of " + Frames(dataset), kRemedy);
    case Tomosynthesis::kSynthesised:
    case Tomosynthesis::kNone:
      break;
  }
}

/// Refuses other images that a mammography unit makes, by Image Type (0008,0008) from value 3 on
/// (PS3.3 C.8.11.7.1.4, C.8.31.1). RECOMBINED is a word of vendors for SUBTRACTION.
void CheckImageType(DcmItem& dataset, const MammogramMetadata& metadata) {
  if (metadata.modality != "MG" && !IsMammographyClass(metadata.sop_class_uid)) return;
  static constexpr std::array kBiopsy = {"STEREO_",    "PREFIRE",    "POSTFIRE",
                                         "POSTBIOPSY", "POSTMARKER", "TOMO_SCOUT"};
  static constexpr std::array kContrast = {"SUBTRACTION", "ADDITION", "HIGH_ENERGY", "RECOMBINED"};
  const auto values = DicomTexts(dataset, DCM_ImageType);
  for (std::size_t i = 2; i < values.size(); ++i) {
    const std::string value = ToUpper(values[i]);
    const auto starts = [&](const char* word) { return StartsWith(value, word); };
    if (std::any_of(kBiopsy.begin(), kBiopsy.end(), starts))
      Refuse("was made during a biopsy (Image Type " + value + ")", "give the mammogram itself");
    if (std::any_of(kContrast.begin(), kContrast.end(), starts)) {
      Refuse(
          "is a contrast image (Image Type " + value + "); its grey values differ from a mammogram",
          "give the low-energy image of the same exam");
    }
  }
}

/// Refuses images that data sets (CBIS-DDSM) store with mammograms under the same header.
void CheckSeries(DcmItem& dataset) {
  const std::string series = DicomText(dataset, DCM_SeriesDescription);
  for (const char* word : {"CROPPED IMAGE", "ROI MASK"}) {
    if (ToUpper(series).find(word) != std::string::npos) {
      Refuse("is a part or a mask of a mammogram (Series Description '" + series + "')",
             "give the whole mammogram");
    }
  }
}

/// Returns whether words of the operator or the protocol name a mammogram.
bool DescribesMammogram(DcmItem& dataset) {
  for (const auto& key : {DCM_StudyDescription, DCM_SeriesDescription, DCM_ProtocolName}) {
    const std::string text = DicomText(dataset, key);
    if (ToUpper(text).find("MAMMO") != std::string::npos ||
        ReadBodyPart(text) == BodyPart::kBreast) {
      return true;
    }
  }
  return false;
}

void CheckEvidence(DcmItem& dataset, MammogramMetadata& metadata) {
  const std::string position = DicomText(dataset, DCM_ViewPosition);
  const std::string part = BodyPartText(dataset);
  const BodyPart kind = ReadBodyPart(part);
  const bool own_view = metadata.view == View::kCC || metadata.view == View::kMLO;
  if (metadata.modality == "MG" || metadata.synthesised_2d ||
      IsMammographyClass(metadata.sop_class_uid) || kind == BodyPart::kBreast ||
      (own_view && kind == BodyPart::kNone)) {
    return;
  }
  // A view that mammography alone has says more than a word that is not known. Other views (ML, LM)
  // are those of limbs, too.
  const bool known_view = own_view && kind == BodyPart::kUnknown,
             other_view = !metadata.view_word.empty() && kind == BodyPart::kNone;
  const bool described = kind != BodyPart::kOther && DescribesMammogram(dataset);
  if (known_view || other_view || described) {
    AddFlag(metadata.flags, Flag::kMammogramNotStated);
    return;
  }
  const std::string what =
      metadata.modality.empty() ? "an image" : "a " + metadata.modality + " image";
  if (!part.empty()) Refuse("is " + what + " of the " + part + ", not of the breast");
  static constexpr std::array kOtherViews = {"AP", "PA", "LL", "RL", "RLD", "LLD", "RLO", "LLO"};
  if (std::find(kOtherViews.begin(), kOtherViews.end(), position) != kOtherViews.end()) {
    Refuse("is " + what + " in view " + position + ", not a mammogram");
  }
  const bool may_be_film = metadata.sop_class_uid == UID_ComputedRadiographyImageStorage ||
                           StartsWith(metadata.sop_class_uid, UID_SecondaryCaptureImageStorage) ||
                           metadata.sop_class_uid.empty();
  if (!may_be_film) {
    Refuse("is " + what + " (" + UidName(metadata.sop_class_uid) +
           ") that does not state that it shows a breast");
  }
  AddFlag(metadata.flags, Flag::kMammogramNotStated);
}

}  // namespace

void CheckScope(DcmItem& dataset, MammogramMetadata& metadata, bool accept_raw) {
  CheckObjectKind(dataset, metadata);
  CheckTomosynthesis(ClassifyTomosynthesis(dataset, metadata), dataset);
  CheckImageType(dataset, metadata);
  CheckSeries(dataset);
  if (DicomNumber(dataset, DCM_NumberOfFrames).value_or(1) > 1) {
    Refuse("has " + Frames(dataset) + ": not a projection mammogram", "give the mammogram itself");
  }
  CheckEvidence(dataset, metadata);
  if (metadata.view_word == "SPECIMEN") Refuse("shows a tissue specimen, not a breast");
  if (metadata.for_processing && !accept_raw) {
    Refuse("is a raw FOR PROCESSING image; its grey values differ from a displayed mammogram",
           "give the FOR PRESENTATION image, or ask for raw images to be converted");
  }
  // Those that can show grey; whether they do, the samples tell.
  static constexpr std::array kGrey = {"MONOCHROME1", "MONOCHROME2",     "RGB",
                                       "YBR_FULL",    "YBR_FULL_422",    "YBR_RCT",
                                       "YBR_ICT",     "YBR_PARTIAL_422", "YBR_PARTIAL_420"};
  const bool may_be_grey =
      std::find(kGrey.begin(), kGrey.end(), metadata.photometric) != kGrey.end() ||
      (metadata.photometric == "PALETTE COLOR" && HasPalette(dataset));
  if (!may_be_grey) {
    throw Error(ErrorCode::kUnsupported,
                metadata.photometric.empty()
                    ? "does not state its Photometric Interpretation"
                    : "has Photometric Interpretation " + metadata.photometric + ", not grey");
  }
}

}  // namespace mhcnn
