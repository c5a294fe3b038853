#include "mhcnn/results/secondary_capture.h"

#include <opencv2/imgproc.hpp>

#include "mhcnn/results/dicom_object.h"

namespace mhcnn {
namespace {

/// The page shows pixels that were compressed with loss where any of its images was: ratio and
/// method are those of the first.
void PutCompression(DcmDataset& dataset, const ExamResults& exam) {
  for (const auto& image : exam.images) {
    if (!image.result.ok() ||
        DicomText(*image.header.compression, DCM_LossyImageCompression) != "01")
      continue;
    return CopyAll(*image.header.compression, dataset);
  }
  Put(dataset, DCM_LossyImageCompression, "00");
}

/// Source Image Sequence and the derivation (PS3.3 C.7.6.1, C.12.4).
void PutSources(DcmDataset& dataset, const ExamResults& exam) {
  Put(dataset, DCM_DerivationDescription,
      "Summary page of breast density, measured on the source images");
  PutCode(dataset, DCM_DerivationCodeSequence, codes::kSegmentation);
  for (const auto& image : exam.images) {
    DcmItem& source = NewItem(dataset, DCM_SourceImageSequence);
    PutReference(source, image.header.metadata.sop_class_uid, image.header.metadata.sop_uid);
    PutCode(source, DCM_PurposeOfReferenceCodeSequence, codes::kSourceImage);
  }
}

/// Image Laterality B for both breasts. No View Position and no orientation, so that hanging
/// protocols do not take the page for a view.
void PutSide(DcmDataset& dataset, const StudyResult& study) {
  PutIfAbsent(dataset, DCM_PatientOrientation);
  const bool right = study.right.has_value(), left = study.left.has_value();
  if (!right && !left) return PutIfAbsent(dataset, DCM_Laterality);  // not known
  Put(dataset, DCM_ImageLaterality, right && left ? "B" : right ? "R" : "L");
}

void PutPixels(DcmDataset& dataset, const cv::Mat3b& page) {
  cv::Mat3b rgb;
  cv::cvtColor(page, rgb, cv::COLOR_BGR2RGB);
  PutPixelFormat(dataset, rgb.rows, rgb.cols, 8, "RGB");
  dataset.putAndInsertUint8Array(DCM_PixelData, rgb.data, rgb.total() * 3);
}

}  // namespace

DicomObject MakeSecondaryCapture(const ExamResults& exam, const cv::Mat3b& page) {
  ObjectSeries series = kScSeries;
  if (exam.options.sc_modality_mg) series.modality = "MG";
  DcmDataset dataset;
  const auto& reader = exam.options.reader;
  PutHeader(dataset, exam, series, UID_SecondaryCaptureImageStorage,
            reader ? 1 + reader->version : 1);
  Put(dataset, DCM_ConversionType, "WSD");
  Put(dataset, DCM_ImageType, "DERIVED\\SECONDARY");
  PutSide(dataset, exam.exam);
  // The page has the date of the exam in its pixels.
  Put(dataset, DCM_BurnedInAnnotation, "YES");
  PutSources(dataset, exam);
  PutCompression(dataset, exam);
  PutPixels(dataset, page);
  return Finish(dataset, exam, "SC");
}

}  // namespace mhcnn
