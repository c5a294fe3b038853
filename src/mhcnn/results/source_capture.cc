#include "mhcnn/results/source_capture.h"

#include "mhcnn/results/dicom_object.h"

namespace mhcnn {

DicomObject MakeSourceCapture(const ExamResults& exam, const ExamImage& image) {
  static constexpr ObjectSeries series{"source", "OT", "Picture files that were measured", 9};
  const GreyImage picture = image.picture.isContinuous() ? image.picture : image.picture.clone();
  DcmDataset dataset;
  PutHeader(dataset, exam, series, UID_SecondaryCaptureImageStorage, image.index, &image);
  Put(dataset, DCM_SeriesInstanceUID, image.header.metadata.series_uid);
  Put(dataset, DCM_ConversionType, "WSD");
  Put(dataset, DCM_ImageType, "DERIVED\\SECONDARY");
  PutIfAbsent(dataset, DCM_PatientOrientation);
  const Laterality side = image.result.metadata.laterality;
  if (side == Laterality::kUnknown) {
    PutIfAbsent(dataset, DCM_Laterality);
  } else {
    Put(dataset, DCM_ImageLaterality, LateralityName(side));
  }
  Put(dataset, DCM_ImageComments, image.Name());
  PutPixelFormat(dataset, picture.rows, picture.cols, 16, "MONOCHROME2");
  dataset.putAndInsertUint16Array(DCM_PixelData, picture.ptr<Uint16>(), picture.total());
  return FinishObjectWithUid(dataset, image.header.metadata.sop_uid);
}

}  // namespace mhcnn
