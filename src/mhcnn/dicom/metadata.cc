#include "mhcnn/dicom/metadata.h"

#include <algorithm>
#include <cctype>

#include "mhcnn/base/text.h"
#include "mhcnn/dicom/display_header.h"
#include "mhcnn/dicom/functional_groups.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/syntax.h"
#include "mhcnn/dicom/synthesised.h"
#include "mhcnn/dicom/view_codes.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

Laterality ParseLaterality(const std::string& text) {
  if (text == "L" || text == "LEFT") return Laterality::kLeft;
  if (text == "R" || text == "RIGHT") return Laterality::kRight;
  return Laterality::kUnknown;
}

/// Image Laterality (0020,0062) is of this picture; Laterality (0020,0060) of its series, and Frame
/// Laterality (0020,9072) of enhanced objects. Patient Orientation goes with it.
void ReadLaterality(DcmItem& dataset, MammogramMetadata& metadata) {
  const Laterality image = ParseLaterality(DicomText(dataset, DCM_ImageLaterality));
  const Laterality series = ParseLaterality(DicomText(dataset, DCM_Laterality));
  DcmItem& frame = FindFunctionalGroup(dataset, DCM_FrameAnatomySequence);
  const Laterality of_frame = ParseLaterality(DicomText(frame, DCM_FrameLaterality));
  metadata.laterality = image != Laterality::kUnknown      ? image
                        : of_frame != Laterality::kUnknown ? of_frame
                                                           : series;
  if (image != Laterality::kUnknown && series != Laterality::kUnknown && image != series) {
    AddFlag(metadata.flags, Flag::kLateralityConflict);
  }
  // Some writers put the side into View Position: "RMLO".
  const Laterality of_view = ParseView(DicomText(dataset, DCM_ViewPosition)).side;
  if (metadata.laterality == Laterality::kUnknown) {
    metadata.laterality = of_view;
  } else if (of_view != Laterality::kUnknown && of_view != metadata.laterality) {
    AddFlag(metadata.flags, Flag::kLateralityConflict);
  }
  const std::string rows = DicomText(dataset, DCM_PatientOrientation);
  if (!rows.empty() && (rows[0] == 'A' || rows[0] == 'P')) metadata.row_direction = rows[0];
}

void AddModifier(const ViewModifierCode& code, MammogramMetadata& metadata) {
  if (std::find(metadata.view_modifiers.begin(), metadata.view_modifiers.end(), code.meaning) !=
      metadata.view_modifiers.end()) {
    return;
  }
  if (code.flag) AddFlag(metadata.flags, *code.flag);
  metadata.view_modifiers.emplace_back(code.meaning);
}

/// View Code Sequence (0054,0220), coded, goes before View Position (0018,5101), free text. Where a
/// modifier is named and no view, the picture may not tell that it is CC or MLO.
void ReadView(DcmItem& dataset, MammogramMetadata& metadata) {
  const std::string position = DicomText(dataset, DCM_ViewPosition);
  const ParsedView word = ParseView(position);
  metadata.view_text = position;
  if (word.other) metadata.view = View::kOther;
  if (word.code != nullptr) {
    metadata.view = word.code->view;
    metadata.view_word = word.code->word;
  }
  for (const auto* modifier : word.modifiers) AddModifier(*modifier, metadata);

  // CBIS-DDSM writes the view into Patient Orientation.
  const std::string orientation = DicomText(dataset, DCM_PatientOrientation);
  if (position.empty() && (orientation == "CC" || orientation == "MLO")) {
    metadata.view = orientation == "CC" ? View::kCC : View::kMLO;
    metadata.view_text = metadata.view_word = orientation;
  }
  DcmItem* item = DicomSequenceItem(dataset, DCM_ViewCodeSequence);
  if (item == nullptr) return;
  const ViewCode* coded = FindViewCode(DicomText(*item, DCM_CodeValue));
  if (coded != nullptr) {
    if (word.code != nullptr && word.code->view != coded->view)
      AddFlag(metadata.flags, Flag::kViewConflict);
    metadata.view = coded->view;
    metadata.view_text = metadata.view_word = coded->word;
  }
  constexpr unsigned long kMostModifiers = 16;
  for (unsigned long i = 0; i < kMostModifiers; ++i) {
    DcmItem* modifier = DicomSequenceItem(*item, DCM_ViewModifierCodeSequence, i);
    if (modifier == nullptr) break;
    const auto* code = FindViewModifierCode(DicomText(*modifier, DCM_CodeValue));
    if (code == nullptr) continue;
    metadata.view_text += std::string(" ") + code->word;
    AddModifier(*code, metadata);
  }
}

/// Millimetres a detector pixel can plausibly be; beyond it the value is a mistake of unit.
bool IsPlausible(double spacing) { return spacing >= 0.005 && spacing <= 1.0; }

using Spacing = std::pair<std::optional<double>, std::optional<double>>;

Spacing SpacingIn(DcmItem& item, const DcmTagKey& key) {
  return {DicomNumber(item, key, 0), DicomNumber(item, key, 1)};
}

/// Returns the spacing at the detector (0018,1164) over the magnification factor (0018,1114): a
/// projection magnifies by 1 to 3.
Spacing ImagerSpacing(DcmItem& dataset, MammogramMetadata& metadata) {
  auto [row, column] = SpacingIn(dataset, DCM_ImagerPixelSpacing);
  if (!row || !column) return {};
  const auto factor = DicomNumber(dataset, DCM_EstimatedRadiographicMagnificationFactor);
  if (factor && *factor > 0) {
    if (*factor < 0.99 || *factor > 3) {
      AddFlag(metadata.flags, Flag::kMagnificationImplausible);
    } else {
      *row /= *factor;
      *column /= *factor;
    }
  }
  return {row, column};
}

/// Returns Pixel Spacing (0028,0030) where it is known to be that at the breast: its Calibration
/// Type (0028,0A02) states a correction (PS3.3 10.7.1.3), or it is that of an enhanced object,
/// whose Pixel Measures are distances in the patient (PS3.3 C.7.6.16.2.1).
Spacing PatientSpacing(DcmItem& dataset) {
  DcmItem& measures = FindFunctionalGroup(dataset, DCM_PixelMeasuresSequence);
  const bool enhanced = &measures != &dataset;
  if (!enhanced && DicomText(dataset, DCM_PixelSpacingCalibrationType).empty()) return {};
  return SpacingIn(measures, DCM_PixelSpacing);
}

/// Sets the spacing at the breast where the file gives one that can be trusted. An uncalibrated
/// Pixel Spacing or a scanner's nominal one gives no area.
void ReadSpacing(DcmItem& dataset, MammogramMetadata& metadata) {
  auto [row, column] = ImagerSpacing(dataset, metadata);
  if (!row) std::tie(row, column) = PatientSpacing(dataset);
  if (!row || !column) {
    const bool untrusted = !DicomText(dataset, DCM_PixelSpacing).empty() ||
                           !DicomText(dataset, DCM_NominalScannedPixelSpacing).empty();
    if (untrusted) AddFlag(metadata.flags, Flag::kSpacingUncalibrated);
    return;
  }
  if (!IsPlausible(*row) || !IsPlausible(*column)) {
    AddFlag(metadata.flags, Flag::kSpacingImplausible);
    return;
  }
  metadata.row_spacing_mm = row;
  metadata.column_spacing_mm = column;
}

/// Age String (PS3.5 6.2), "045Y" or "540M", else from the dates of birth and study.
std::optional<int> ParseAgeYears(DcmItem& dataset) {
  const auto number = [](const std::string& digits) -> std::optional<int> {
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(),
                                       [](unsigned char c) { return std::isdigit(c) != 0; })) {
      return std::nullopt;
    }
    return std::stoi(digits.substr(0, 8));
  };
  const std::string age = DicomText(dataset, DCM_PatientAge);
  std::optional<int> years;
  if (age.size() == 4) {
    years = number(age.substr(0, 3));
    if (years && age[3] == 'M') *years /= 12;
    if (years && age[3] == 'W') *years /= 52;
    if (years && age[3] == 'D') *years /= 365;
  } else {
    const auto born = number(DicomText(dataset, DCM_PatientBirthDate));
    const auto taken = number(DicomText(dataset, DCM_StudyDate));
    if (born && taken && *born > 18000101) years = (*taken - *born) / 10000;
  }
  if (years && (*years < 0 || *years > 120)) return std::nullopt;
  return years;
}

/// A positive number of the data set, or of the X-Ray 3D Acquisition (PS3.3 C.8.21.3).
std::optional<double> Positive(DcmItem& dataset, const DcmTagKey& key) {
  auto value = DicomNumber(dataset, key);
  DcmItem* exposure = DicomSequenceItem(dataset, DCM_XRay3DAcquisitionSequence);
  if (!value && exposure != nullptr) value = DicomNumber(*exposure, key);
  if (value && *value <= 0) return std::nullopt;
  return value;
}

/// General Series and Image, X-Ray Acquisition Dose, DX Positioning, DX Detector and Mammography
/// Image modules (PS3.3 C.7.3.1, C.7.6.1, C.8.7.8, C.8.11.5, C.8.11.4).
void ReadAcquisition(DcmItem& dataset, MammogramMetadata& metadata) {
  AcquisitionMetadata& a = metadata.acquisition;
  a.patient_age_years = ParseAgeYears(dataset);
  a.thickness_mm = Positive(dataset, DCM_BodyPartThickness);
  a.compression_force_n = Positive(dataset, DCM_CompressionForce);
  a.peak_kilovoltage = Positive(dataset, DCM_KVP);
  a.magnification = Positive(dataset, DCM_EstimatedRadiographicMagnificationFactor);
  a.exposure_mas = Positive(dataset, DCM_ExposureInmAs);
  if (!a.exposure_mas) {
    if (const auto micro = Positive(dataset, DCM_ExposureInuAs)) a.exposure_mas = *micro / 1000;
  }
  if (!a.exposure_mas) a.exposure_mas = Positive(dataset, DCM_Exposure);
  a.anode = DicomText(dataset, DCM_AnodeTargetMaterial);
  a.filter = DicomText(dataset, DCM_FilterMaterial);
  a.detector_type = DicomText(dataset, DCM_DetectorType);
  a.detector_id = DicomText(dataset, DCM_DetectorID);
  a.software = DicomText(dataset, DCM_SoftwareVersions);
  a.date = DicomText(dataset, DCM_AcquisitionDate);
  a.time = DicomText(dataset, DCM_AcquisitionTime);
  const std::string both = DicomText(dataset, DCM_AcquisitionDateTime);
  if (a.date.empty() && both.size() >= 8) {
    a.date = both.substr(0, 8);
    a.time = both.substr(8);
  }
  a.series_description = DicomText(dataset, DCM_SeriesDescription);
  const auto whole = [&](const DcmTagKey& key) {
    return static_cast<int>(std::clamp(DicomNumber(dataset, key).value_or(0), 0.0, 1e9));
  };
  a.series_number = whole(DCM_SeriesNumber);
  a.instance_number = whole(DCM_InstanceNumber);
}

/// Patient and General Image modules (PS3.3 C.7.1.1, C.7.6.1).
PatientIdentity ReadPatientMarks(DcmItem& dataset) {
  PatientIdentity marks;
  marks.issuer = NormalizeId(DicomText(dataset, DCM_IssuerOfPatientID));
  marks.birth = HashBirthDate(DicomText(dataset, DCM_PatientBirthDate));
  const std::string sex = NormalizeId(DicomText(dataset, DCM_PatientSex));
  if (sex == "F" || sex == "M") marks.sex = sex;
  marks.names = HashNameParts(DicomText(dataset, DCM_PatientName));
  marks.acquisition_date = ToPlainDate(DicomText(dataset, DCM_AcquisitionDate));
  if (marks.acquisition_date.empty())
    marks.acquisition_date = ToPlainDate(DicomText(dataset, DCM_AcquisitionDateTime));
  return marks;
}

void ReadQuality(DcmItem& dataset, MammogramMetadata& metadata) {
  if (metadata.modality != "MG") AddFlag(metadata.flags, Flag::kModalityNotMg);
  if (metadata.sop_class_uid == UID_SecondaryCaptureImageStorage)
    AddFlag(metadata.flags, Flag::kSecondaryCapture);
  if (metadata.synthesised_2d) AddFlag(metadata.flags, Flag::kSynthesised2d);
  if (DicomText(dataset, DCM_BreastImplantPresent) == "YES")
    AddFlag(metadata.flags, Flag::kImplant);
  if (DicomText(dataset, DCM_PartialView) == "YES") AddFlag(metadata.flags, Flag::kPartialView);
  if (DicomText(dataset, DCM_BurnedInAnnotation) == "YES")
    AddFlag(metadata.flags, Flag::kBurnedInAnnotation);
  if (DicomText(dataset, DCM_LossyImageCompression) == "01")
    AddFlag(metadata.flags, Flag::kLossyCompressed);
  const auto factor = DicomNumber(dataset, DCM_EstimatedRadiographicMagnificationFactor);
  // Contact views reach about 1.1; a magnification stand gives 1.5 and more.
  if (factor && *factor >= 1.3 && *factor <= 3) AddFlag(metadata.flags, Flag::kMagnificationView);
  const std::string shape = DicomText(dataset, DCM_PresentationLUTShape);
  if ((shape == "INVERSE" && metadata.photometric == "MONOCHROME2") ||
      (shape == "IDENTITY" && metadata.photometric == "MONOCHROME1")) {
    AddFlag(metadata.flags, Flag::kPhotometricConflict);
  }
}

}  // namespace

MammogramMetadata ReadMetadata(DcmFileFormat& file) {
  DcmDataset& dataset = *file.getDataset();
  MammogramMetadata metadata;
  metadata.study_uid = DicomText(dataset, DCM_StudyInstanceUID);
  metadata.series_uid = DicomText(dataset, DCM_SeriesInstanceUID);
  metadata.sop_uid = DicomText(dataset, DCM_SOPInstanceUID);
  metadata.sop_class_uid = DicomText(dataset, DCM_SOPClassUID);
  if (metadata.sop_class_uid.empty() && file.getMetaInfo() != nullptr) {
    metadata.sop_class_uid = DicomText(*file.getMetaInfo(), DCM_MediaStorageSOPClassUID);
  }
  metadata.transfer_syntax_uid = DcmXfer(dataset.getOriginalXfer()).getXferID();
  if (DcmMetaInfo* meta = file.getMetaInfo()) {
    const std::string named = DicomText(*meta, DCM_TransferSyntaxUID);
    if (IsHtj2k(named)) metadata.transfer_syntax_uid = named;
  }
  metadata.patient_id = DicomText(dataset, DCM_PatientID);
  metadata.study_date = DicomText(dataset, DCM_StudyDate);
  metadata.modality = DicomText(dataset, DCM_Modality);
  metadata.manufacturer = DicomText(dataset, DCM_Manufacturer);
  metadata.manufacturer_model = DicomText(dataset, DCM_ManufacturerModelName);
  metadata.photometric = ToUpper(DicomText(dataset, DCM_PhotometricInterpretation));
  metadata.rows = DicomUnsigned(dataset, DCM_Rows).value_or(0);
  metadata.columns = DicomUnsigned(dataset, DCM_Columns).value_or(0);
  metadata.bits = DicomUnsigned(dataset, DCM_BitsStored).value_or(0);
  metadata.for_processing =
      DicomText(dataset, DCM_PresentationIntentType) == "FOR PROCESSING" ||
      metadata.sop_class_uid == UID_DigitalMammographyXRayImageStorageForProcessing;
  ReadLaterality(dataset, metadata);
  ReadView(dataset, metadata);
  ReadSpacing(dataset, metadata);
  ReadAcquisition(dataset, metadata);
  metadata.patient = ReadPatientMarks(dataset);
  metadata.windows = DescribeVoi(dataset);
  metadata.synthesised_2d = ClassifyTomosynthesis(dataset, metadata) == Tomosynthesis::kSynthesised;
  ReadQuality(dataset, metadata);
  return metadata;
}

}  // namespace mhcnn
