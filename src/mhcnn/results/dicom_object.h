#pragma once

// For the writers of DICOM objects in this layer; others include result_objects.h.
#include <cstdint>
#include <string>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/results/codes.h"
#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Sets an element by its text (backslashes part values). Throws Error(kInternal).
void Put(DcmItem& item, const DcmTagKey& key, const std::string& value);
/// Sets an element of VR US. Throws Error(kInternal).
void PutUnsigned(DcmItem& item, const DcmTagKey& key, int value);
/// Appends an empty item to a sequence and returns it. Makes the sequence if it is missing.
DcmItem& NewItem(DcmItem& item, const DcmTagKey& sequence);
/// Adds an element without a value if it is missing.
void PutIfAbsent(DcmItem& item, const DcmTagKey& key);
/// Appends a code to a code sequence.
void PutCode(DcmItem& item, const DcmTagKey& sequence, const Code& code);
/// Sets Referenced SOP Class UID and Referenced SOP Instance UID.
void PutReference(DcmItem& item, const std::string& sop_class, const std::string& sop_uid);

/// Copies all elements of a data set to another.
void CopyAll(DcmDataset& from, DcmItem& to);
/// Sets how samples are stored (PS3.3 C.7.6.3): all bits of each are used, without a sign.
/// `photometric`: "RGB" (three samples, colour by pixel) or a grey one.
void PutPixelFormat(DcmItem& item, int rows, int columns, int bits, const char* photometric);

/// Returns the data set in Explicit VR Little Endian.
std::vector<std::uint8_t> EncodeDataset(DcmDataset& dataset);

/// A series of results.
struct ObjectSeries {
  const char* kind;         ///< "SEG", "SR", "CAD", "SC": one series each
  const char* modality;     ///< "SEG", "SR", "OT", "MG"
  const char* description;  ///< "MH-CNN density SEG"
  int number_offset;        ///< added to ObjectOptions::series_number
};
/// Series of the Segmentations.
inline constexpr ObjectSeries kSegSeries{"SEG", "SEG", "MH-CNN density SEG", 0};
/// Series of the measurement reports.
inline constexpr ObjectSeries kSrSeries{"SR", "SR", "MH-CNN density SR", 1};
/// Series of the Mammography CAD reports.
inline constexpr ObjectSeries kCadSeries{"CAD", "SR", "MH-CNN density CAD SR", 2};
/// Series of the Secondary Captures.
inline constexpr ObjectSeries kScSeries{"SC", "OT", "MH-CNN density SC", 3};

/// Writes the patient, study, series, equipment and SOP common modules, Content Date and Time,
/// Instance Number, and Contributing Equipment: the device that took the image and the model.
/// Copies what is to be copied from `source`, else from the first image.
void PutHeader(DcmDataset& dataset, const ExamResults& exam, const ObjectSeries& series,
               const std::string& sop_class, int instance_number,
               const ExamImage* source = nullptr);

/// Sets the Referenced Series Sequence (PS3.3 C.12.2) with this image.
void PutReferencedSeries(DcmItem& item, const ExamImage& image);

/// Gives the data set its SOP Instance UID, which follows from the exam (ExamUid), from `kind` and
/// from all that the data set contains, and makes a file of it.
DicomObject Finish(DcmDataset& dataset, const ExamResults& exam, const std::string& kind);
/// Makes a file of the data set as Finish does, with a given UID.
DicomObject FinishObjectWithUid(DcmDataset& dataset, const std::string& sop_uid);

}  // namespace mhcnn
