#include "mhcnn/dicom/writer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <opencv2/core.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/dicom/encode.h"
#include "mhcnn/dicom/syntax.h"
#include "mhcnn/dicom/uid.h"
#include "mhcnn/dicom/view_codes.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

void Put(DcmItem& item, const DcmTagKey& key, const std::string& value) {
  const OFCondition status = item.putAndInsertOFStringArray(key, OFString(value.c_str()));
  if (status.bad()) {
    throw Error(ErrorCode::kInternal,
                "cannot store " + std::string(DcmTag(key).getTagName()) + " \"" + value + "\"");
  }
}

void PutUnsigned(DcmItem& item, const DcmTagKey& key, int value) {
  item.putAndInsertUint16(key, static_cast<Uint16>(value));
}

/// A decimal string of at most 16 characters.
std::string Decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.10g", value);
  return text;
}

DcmItem& NewItem(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* created = nullptr;
  if (item.findOrCreateSequenceItem(sequence, created, -2).bad() || created == nullptr) {
    throw Error(ErrorCode::kInternal, "cannot create a DICOM sequence");
  }
  return *created;
}

void PutCode(DcmItem& parent, const DcmTagKey& sequence, const char* value, const char* meaning) {
  DcmItem& item = NewItem(parent, sequence);
  Put(item, DCM_CodeValue, value);
  Put(item, DCM_CodingSchemeDesignator, "SCT");
  Put(item, DCM_CodeMeaning, meaning);
}

/// Patient, study, series and equipment modules (PS3.3 C.7.1 to C.7.5, C.8.11.1, C.8.11.6).
void PutStudy(DcmDataset& dataset, const MammogramMetadata& metadata,
              const DicomWriteOptions& options, const std::string& seed) {
  const auto uid = [&](const std::string& given, const std::string& kind) {
    return given.empty() ? UidFromText(kind + seed) : given;
  };
  const std::string sop_class = options.for_processing
                                    ? UID_DigitalMammographyXRayImageStorageForProcessing
                                    : UID_DigitalMammographyXRayImageStorageForPresentation;
  const std::string date = options.study_date.empty() ? "20000101" : options.study_date;
  Put(dataset, DCM_SpecificCharacterSet, "ISO_IR 192");
  Put(dataset, DCM_SOPClassUID, sop_class);
  Put(dataset, DCM_SOPInstanceUID, uid(metadata.sop_uid, "instance "));
  Put(dataset, DCM_StudyInstanceUID, uid(metadata.study_uid, "study "));
  Put(dataset, DCM_SeriesInstanceUID, uid(metadata.series_uid, "series "));
  for (const auto& key : {DCM_StudyDate, DCM_AcquisitionDate, DCM_ContentDate}) {
    Put(dataset, key, date);
  }
  for (const auto& key : {DCM_StudyTime, DCM_AcquisitionTime, DCM_ContentTime}) {
    Put(dataset, key, "120000");
  }
  Put(dataset, DCM_PatientName, options.patient_name);
  Put(dataset, DCM_PatientID, metadata.patient_id);
  Put(dataset, DCM_StudyDescription, options.study_description);
  for (const auto& key : {DCM_PatientBirthDate, DCM_AccessionNumber, DCM_ReferringPhysicianName,
                          DCM_InstitutionName}) {
    Put(dataset, key, "");
  }
  Put(dataset, DCM_StudyID, "1");
  Put(dataset, DCM_PatientSex, "F");
  Put(dataset, DCM_Modality, "MG");
  Put(dataset, DCM_SeriesNumber, std::to_string(options.instance_number));
  Put(dataset, DCM_InstanceNumber, std::to_string(options.instance_number));
  Put(dataset, DCM_Manufacturer, metadata.manufacturer);
  Put(dataset, DCM_ManufacturerModelName, metadata.manufacturer_model);
  Put(dataset, DCM_PresentationIntentType,
      options.for_processing ? "FOR PROCESSING" : "FOR PRESENTATION");
}

/// Directions of the rows and of the columns in the patient (PS3.3 C.7.6.1.1.1), for the usual
/// hanging: chest wall of a left breast at the left, axilla up.
std::string PatientOrientation(const MammogramMetadata& metadata) {
  const bool left = metadata.laterality == Laterality::kLeft;
  const std::string rows = left ? "A" : "P";
  const std::string medial = left ? "R" : "L";
  return rows + "\\" + (metadata.view == View::kMLO ? "F" + medial : medial);
}

/// DX Anatomy Imaged, Mammography Image, DX Positioning and DX Detector (PS3.3 C.8.11.2 to .7).
void PutAcquisition(DcmDataset& dataset, const MammogramMetadata& metadata) {
  Put(dataset, DCM_BodyPartExamined, "BREAST");
  Put(dataset, DCM_OrganExposed, "BREAST");
  PutCode(dataset, DCM_AnatomicRegionSequence, "76752008", "Breast");
  Put(dataset, DCM_ImageLaterality, LateralityName(metadata.laterality));
  Put(dataset, DCM_PatientOrientation,
      metadata.laterality == Laterality::kUnknown ? "" : PatientOrientation(metadata));
  const ViewCode* view = ParseView(metadata.view_text).code;
  if (view == nullptr || view->view != metadata.view)
    view = ParseView(ViewName(metadata.view)).code;
  if (view != nullptr) {
    Put(dataset, DCM_ViewPosition, view->word);
    PutCode(dataset, DCM_ViewCodeSequence, view->sct, view->meaning);
    // Type 2: there, and empty where the view is a plain one.
    DicomSequenceItem(dataset, DCM_ViewCodeSequence)
        ->insertEmptyElement(DCM_ViewModifierCodeSequence);
  }
  Put(dataset, DCM_PositionerType, "MAMMOGRAPHIC");
  Put(dataset, DCM_DetectorType, "DIRECT");
  if (HasFlag(metadata.flags, Flag::kImplant)) Put(dataset, DCM_BreastImplantPresent, "YES");
  dataset.insertEmptyElement(DCM_AcquisitionContextSequence);
  if (metadata.row_spacing_mm && metadata.column_spacing_mm) {
    Put(dataset, DCM_ImagerPixelSpacing,
        Decimal(*metadata.row_spacing_mm) + "\\" + Decimal(*metadata.column_spacing_mm));
    Put(dataset, DCM_EstimatedRadiographicMagnificationFactor, "1");
  }
}

/// Image Pixel, DX Image and VOI LUT modules (PS3.3 C.7.6.3, C.8.11.3, C.11.2).
void PutImage(DcmDataset& dataset, const cv::Size& size, int bits, bool lossy,
              const DicomWriteOptions& options) {
  Put(dataset, DCM_ImageType, "ORIGINAL\\PRIMARY");
  PutUnsigned(dataset, DCM_SamplesPerPixel, 1);
  Put(dataset, DCM_PhotometricInterpretation, options.monochrome1 ? "MONOCHROME1" : "MONOCHROME2");
  PutUnsigned(dataset, DCM_Rows, size.height);
  PutUnsigned(dataset, DCM_Columns, size.width);
  PutUnsigned(dataset, DCM_BitsAllocated, bits > 8 ? 16 : 8);
  PutUnsigned(dataset, DCM_BitsStored, bits);
  PutUnsigned(dataset, DCM_HighBit, bits - 1);
  PutUnsigned(dataset, DCM_PixelRepresentation, 0);
  // A raw image is the detector's signal, which falls where tissue absorbs; a shown one rises.
  const bool falls = options.for_processing != options.monochrome1;
  Put(dataset, DCM_PixelIntensityRelationship, options.for_processing ? "LIN" : "LOG");
  dataset.putAndInsertSint16(DCM_PixelIntensityRelationshipSign, falls ? 1 : -1);
  Put(dataset, DCM_RescaleIntercept, "0");
  Put(dataset, DCM_RescaleSlope, "1");
  Put(dataset, DCM_RescaleType, "US");
  Put(dataset, DCM_PresentationLUTShape, options.monochrome1 ? "INVERSE" : "IDENTITY");
  Put(dataset, DCM_BurnedInAnnotation, "NO");
  Put(dataset, DCM_LossyImageCompression, lossy ? "01" : "00");
  if (options.window_width > 0) {
    Put(dataset, DCM_WindowCenter, Decimal(options.window_center));
    Put(dataset, DCM_WindowWidth, Decimal(options.window_width));
  }
}

void Check(const Mammogram& mammogram, const SyntaxRow& row) {
  const int bits = mammogram.metadata.bits;
  const auto usage = [](const std::string& what, const std::string& remedy = {}) {
    return Error(ErrorCode::kUsage, what, {}, remedy);
  };
  if (bits < 1 || bits > 16) throw usage("a DICOM picture has 1 to 16 bits");
  if (bits > row.max_bits) {
    throw usage(std::string(row.name) + " can store at most " + std::to_string(row.max_bits) +
                    " bits, the picture has " + std::to_string(bits),
                "choose another transfer syntax");
  }
  if (mammogram.pixels.empty() || mammogram.pixels.rows > 65535 || mammogram.pixels.cols > 65535) {
    throw usage("a DICOM picture has 1 to 65535 rows and columns");
  }
  double largest = 0;
  cv::minMaxLoc(mammogram.pixels, nullptr, &largest);
  if (largest >= std::ldexp(1.0, bits)) {
    throw usage("a pixel of " + std::to_string(static_cast<int>(largest)) + " does not fit " +
                std::to_string(bits) + " bits");
  }
}

}  // namespace

void DicomWriteOptions::Check() const {
  CheckAtLeast("window_width", window_width, 0);
  if (!std::isfinite(window_center))
    throw Error(ErrorCode::kUsage, "window_center must be a number");
  const bool digits = study_date.find_first_not_of("0123456789") == std::string::npos;
  if (!study_date.empty() && (study_date.size() != 8 || !digits))
    throw Error(ErrorCode::kUsage, "study_date must be YYYYMMDD, it is '" + study_date + "'");
  CheckRange("instance_number", instance_number, 0, std::numeric_limits<int>::max());
}

void WriteDicomMammogram(const fs::path& path, const Mammogram& mammogram,
                         const DicomWriteOptions& options) {
  options.Check();
  InitDcmtk();
  const SyntaxRow& row = FindSyntaxRow(options.syntax);
  Check(mammogram, row);
  const int bits = mammogram.metadata.bits;
  const int white = (1 << bits) - 1;
  cv::Mat1w samples = mammogram.pixels;
  if (options.monochrome1) samples = cv::Mat1w(white - mammogram.pixels);

  DcmFileFormat file;
  DcmDataset& dataset = *file.getDataset();
  PutStudy(dataset, mammogram.metadata, options, path.filename().string());
  PutAcquisition(dataset, mammogram.metadata);
  PutImage(dataset, samples.size(), bits, row.lossy, options);
  PutPixels(dataset, samples, bits, row);

  AtomicFile target(path);
  const OFCondition status = file.saveFile(OFFilename(target.temporary_path().c_str()), row.xfer,
                                           EET_ExplicitLength, EGL_recalcGL, EPD_withoutPadding);
  if (status.bad()) {
    throw Error(ErrorCode::kIo, std::string("cannot be written (") + status.text() + ")",
                path.string(), "check the free space and the folder's permissions");
  }
  target.Commit();
}

}  // namespace mhcnn
