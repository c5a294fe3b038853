#include "dicom/facts.h"

#include <algorithm>

#include "dicom/reader.h"
#include "dicom/syntax.h"
#include "dicom/view_codes.h"

namespace mhcnn {
namespace {

void Raise(MammogramFacts& facts, const std::string& flag) {
  if (flag.empty() || std::find(facts.flags.begin(), facts.flags.end(), flag) != facts.flags.end())
    return;
  facts.flags.push_back(flag);
}

Laterality LateralityOf(const std::string& text) {
  if (text == "L" || text == "LEFT") return Laterality::kLeft;
  if (text == "R" || text == "RIGHT") return Laterality::kRight;
  return Laterality::kUnknown;
}

/// Image Laterality (0020,0062) is of this picture; Laterality (0020,0060) of its series, and Frame
/// Laterality (0020,9072) of enhanced objects. Patient Orientation goes with it.
void ReadLaterality(DcmItem& dataset, MammogramFacts& facts) {
  const Laterality image = LateralityOf(DicomText(dataset, DCM_ImageLaterality));
  const Laterality series = LateralityOf(DicomText(dataset, DCM_Laterality));
  facts.laterality = image != Laterality::kUnknown ? image : series;
  if (image != Laterality::kUnknown && series != Laterality::kUnknown && image != series) {
    Raise(facts, "laterality_conflict");
  }
  const std::string rows = DicomText(dataset, DCM_PatientOrientation);
  if (!rows.empty() && (rows[0] == 'A' || rows[0] == 'P')) facts.row_direction = rows[0];
}

/// View Code Sequence (0054,0220), coded, goes before View Position (0018,5101), free text.
void ReadView(DcmItem& dataset, MammogramFacts& facts) {
  const std::string position = DicomText(dataset, DCM_ViewPosition);
  const ViewCode* by_word = FindViewWord(position);
  facts.view_text = position;
  if (by_word != nullptr) facts.view = by_word->view;

  DcmItem* item = DicomSequenceItem(dataset, DCM_ViewCodeSequence);
  if (item == nullptr) return;
  const ViewCode* coded = FindViewCode(DicomText(*item, DCM_CodeValue));
  if (coded != nullptr) {
    facts.view = coded->view;
    facts.view_text = coded->word;
    if (by_word != nullptr && by_word->view != coded->view) Raise(facts, "view_conflict");
  }
  constexpr unsigned long kMostModifiers = 16;
  for (unsigned long i = 0; i < kMostModifiers; ++i) {
    DcmItem* modifier = DicomSequenceItem(*item, DCM_ViewModifierCodeSequence, i);
    if (modifier == nullptr) break;
    const auto* code = FindViewModifierCode(DicomText(*modifier, DCM_CodeValue));
    if (code != nullptr) {
      Raise(facts, code->flag);
      facts.view_text += std::string(" ") + code->word;
    }
  }
}

/// Millimetres a detector pixel can plausibly be; beyond it the value is a mistake of unit.
bool IsPlausible(double spacing) { return spacing >= 0.005 && spacing <= 1.0; }

/// Sets the spacing at the breast where the file gives one that can be trusted: Imager Pixel
/// Spacing (0018,1164) at the detector over the Estimated Radiographic Magnification Factor
/// (0018,1114), else Pixel Spacing (0028,0030) where its calibration type says that it was
/// corrected (PS3.3 10.7.1.3). An uncalibrated Pixel Spacing or a scanner's nominal one gives no
/// area.
void ReadSpacing(DcmItem& dataset, MammogramFacts& facts) {
  const auto pair = [&](const DcmTagKey& key) {
    return std::pair(DicomNumber(dataset, key, 0), DicomNumber(dataset, key, 1));
  };
  auto [row, column] = pair(DCM_ImagerPixelSpacing);
  if (row && column) {
    const auto factor = DicomNumber(dataset, DCM_EstimatedRadiographicMagnificationFactor);
    if (factor && *factor > 0) {
      // A projection magnifies; a factor outside 1..3 is not one.
      if (*factor < 0.99 || *factor > 3) {
        Raise(facts, "magnification_implausible");
      } else {
        *row /= *factor;
        *column /= *factor;
      }
    }
  } else if (!DicomText(dataset, DCM_PixelSpacingCalibrationType).empty()) {
    std::tie(row, column) = pair(DCM_PixelSpacing);
  } else {
    row.reset();
    const bool untrusted = !DicomText(dataset, DCM_PixelSpacing).empty() ||
                           !DicomText(dataset, DCM_NominalScannedPixelSpacing).empty();
    if (untrusted) Raise(facts, "spacing_uncalibrated");
  }
  if (!row || !column) return;
  if (!IsPlausible(*row) || !IsPlausible(*column)) {
    Raise(facts, "spacing_implausible");
    return;
  }
  facts.row_spacing_mm = row;
  facts.column_spacing_mm = column;
}

void ReadQuality(DcmItem& dataset, MammogramFacts& facts) {
  if (facts.modality != "MG") Raise(facts, "modality_not_mg");
  if (facts.sop_class_uid == UID_SecondaryCaptureImageStorage) Raise(facts, "secondary_capture");
  if (DicomText(dataset, DCM_BreastImplantPresent) == "YES") Raise(facts, "implant");
  if (DicomText(dataset, DCM_PartialView) == "YES") Raise(facts, "partial_view");
  if (DicomText(dataset, DCM_BurnedInAnnotation) == "YES") Raise(facts, "burned_in_annotation");
  if (DicomText(dataset, DCM_LossyImageCompression) == "01") Raise(facts, "lossy_compressed");
  const auto factor = DicomNumber(dataset, DCM_EstimatedRadiographicMagnificationFactor);
  // Contact views reach about 1.1; a magnification stand gives 1.5 and more.
  if (factor && *factor >= 1.3 && *factor <= 3) Raise(facts, "magnification_view");
  const std::string shape = DicomText(dataset, DCM_PresentationLUTShape);
  if ((shape == "INVERSE" && facts.photometric == "MONOCHROME2") ||
      (shape == "IDENTITY" && facts.photometric == "MONOCHROME1")) {
    Raise(facts, "photometric_conflict");
  }
}

}  // namespace

MammogramFacts FactsOf(DcmFileFormat& file) {
  DcmDataset& dataset = *file.getDataset();
  MammogramFacts facts;
  facts.study_uid = DicomText(dataset, DCM_StudyInstanceUID);
  facts.series_uid = DicomText(dataset, DCM_SeriesInstanceUID);
  facts.sop_uid = DicomText(dataset, DCM_SOPInstanceUID);
  facts.sop_class_uid = DicomText(dataset, DCM_SOPClassUID);
  if (facts.sop_class_uid.empty() && file.getMetaInfo() != nullptr) {
    facts.sop_class_uid = DicomText(*file.getMetaInfo(), DCM_MediaStorageSOPClassUID);
  }
  facts.transfer_syntax_uid = DcmXfer(dataset.getOriginalXfer()).getXferID();
  if (DcmMetaInfo* meta = file.getMetaInfo()) {
    const std::string named = DicomText(*meta, DCM_TransferSyntaxUID);
    if (IsHtj2k(named)) facts.transfer_syntax_uid = named;
  }
  facts.patient_id = DicomText(dataset, DCM_PatientID);
  facts.study_date = DicomText(dataset, DCM_StudyDate);
  facts.modality = DicomText(dataset, DCM_Modality);
  facts.manufacturer = DicomText(dataset, DCM_Manufacturer);
  facts.manufacturer_model = DicomText(dataset, DCM_ManufacturerModelName);
  facts.photometric = DicomText(dataset, DCM_PhotometricInterpretation);
  facts.rows = DicomUnsigned(dataset, DCM_Rows).value_or(0);
  facts.columns = DicomUnsigned(dataset, DCM_Columns).value_or(0);
  facts.bits = DicomUnsigned(dataset, DCM_BitsStored).value_or(0);
  facts.for_processing = DicomText(dataset, DCM_PresentationIntentType) == "FOR PROCESSING" ||
                         facts.sop_class_uid == UID_DigitalMammographyXRayImageStorageForProcessing;
  ReadLaterality(dataset, facts);
  ReadView(dataset, facts);
  ReadSpacing(dataset, facts);
  ReadQuality(dataset, facts);
  return facts;
}

std::string UidName(const std::string& uid) {
  if (IsHtj2k(uid)) return Htj2kName(uid);
  const DcmXfer syntax(uid.c_str());
  if (syntax.getXfer() != EXS_Unknown) return syntax.getXferName();
  const char* name = dcmFindNameOfUID(uid.c_str());
  return name != nullptr ? name : uid;
}

}  // namespace mhcnn
