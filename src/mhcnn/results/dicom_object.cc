#include "mhcnn/results/dicom_object.h"

#include <dcmtk/dcmdata/dcostrmb.h>

#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/base/version.h"
#include "mhcnn/dicom/uid.h"

namespace mhcnn {
namespace {

void Check(const OFCondition& status, const DcmTagKey& key) {
  if (status.good()) return;
  throw Error(ErrorCode::kInternal,
              "cannot store " + std::string(DcmTag(key).getTagName()) + ": " + status.text());
}

/// General and Enhanced General Equipment (PS3.3 C.7.5.1, C.7.5.2).
void PutEquipment(DcmItem& item, const ExamResults& exam) {
  Put(item, DCM_Manufacturer, kObjectManufacturer);
  Put(item, DCM_ManufacturerModelName, kObjectModel);
  Put(item, DCM_DeviceSerialNumber, exam.model.fingerprint.empty() ? "1" : exam.model.fingerprint);
  Put(item, DCM_SoftwareVersions, Version());
}

/// Contributing Equipment Sequence (PS3.3 C.12.1.1.5): the device that took the image, and the
/// model, told by its fingerprint as the serial number. A Device UID there, which IHE AIR asks for,
/// would be an element of no IOD to dciodvfy; reports have it as Device Observer UID.
void PutContributingEquipment(DcmDataset& dataset, const ExamResults& exam,
                              const SourceHeader& source) {
  DcmElement* manufacturer = nullptr;
  if (source.device->findAndGetElement(DCM_Manufacturer, manufacturer).good() &&
      manufacturer->getLength() > 0) {
    DcmItem& device = NewItem(dataset, DCM_ContributingEquipmentSequence);
    PutCode(device, DCM_PurposeOfReferenceCodeSequence, codes::kAcquisitionEquipment);
    CopyAll(*source.device, device);
    Put(device, DCM_ContributionDescription, "Acquisition of the images");
  }
  DcmItem& model = NewItem(dataset, DCM_ContributingEquipmentSequence);
  PutCode(model, DCM_PurposeOfReferenceCodeSequence, codes::kProcessingEquipment);
  PutEquipment(model, exam);
  Put(model, DCM_ManufacturerModelName, AsciiText(exam.model.name).substr(0, 64));
  Put(model, DCM_SoftwareVersions, AsciiText(exam.model.version).substr(0, 64));
  Put(model, DCM_ContributionDescription, "Measurement of breast density; research use only");
}

}  // namespace

void Put(DcmItem& item, const DcmTagKey& key, const std::string& value) {
  Check(item.putAndInsertOFStringArray(key, OFString(value.c_str())), key);
}

void PutUnsigned(DcmItem& item, const DcmTagKey& key, int value) {
  Check(item.putAndInsertUint16(key, static_cast<Uint16>(value)), key);
}

DcmItem& NewItem(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* created = nullptr;
  Check(item.findOrCreateSequenceItem(sequence, created, -2), sequence);
  return *created;
}

void PutIfAbsent(DcmItem& item, const DcmTagKey& key) {
  if (!item.tagExists(key)) Check(item.insertEmptyElement(key), key);
}

void PutCode(DcmItem& item, const DcmTagKey& sequence, const Code& code) {
  DcmItem& created = NewItem(item, sequence);
  Put(created, DCM_CodeValue, code.value);
  Put(created, DCM_CodingSchemeDesignator, code.scheme);
  Put(created, DCM_CodeMeaning, code.meaning);
}

void PutReference(DcmItem& item, const std::string& sop_class, const std::string& sop_uid) {
  Put(item, DCM_ReferencedSOPClassUID, sop_class);
  Put(item, DCM_ReferencedSOPInstanceUID, sop_uid);
}

void CopyAll(DcmDataset& from, DcmItem& to) {
  for (unsigned long i = 0; i < from.card(); ++i) {
    to.insert(static_cast<DcmElement*>(from.getElement(i)->clone()), OFTrue);
  }
}

void PutPixelFormat(DcmItem& item, int rows, int columns, int bits, const char* photometric) {
  const bool colour = std::string_view(photometric) == "RGB";
  PutUnsigned(item, DCM_SamplesPerPixel, colour ? 3 : 1);
  Put(item, DCM_PhotometricInterpretation, photometric);
  if (colour) PutUnsigned(item, DCM_PlanarConfiguration, 0);
  PutUnsigned(item, DCM_Rows, rows);
  PutUnsigned(item, DCM_Columns, columns);
  PutUnsigned(item, DCM_BitsAllocated, bits);
  PutUnsigned(item, DCM_BitsStored, bits);
  PutUnsigned(item, DCM_HighBit, bits - 1);
  PutUnsigned(item, DCM_PixelRepresentation, 0);
}

namespace {

/// Bytes of a data set or file, which `write` puts into a stream.
template <typename Object>
std::vector<std::uint8_t> Bytes(Object& object, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  DcmOutputBufferStream stream(bytes.data(), bytes.size());
  object.transferInit();
  const OFCondition status =
      object.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr);
  object.transferEnd();
  if (status.bad()) {
    throw Error(ErrorCode::kInternal, std::string("cannot make a DICOM object: ") + status.text());
  }
  void* data = nullptr;
  offile_off_t written = 0;
  stream.flushBuffer(data, written);
  bytes.resize(static_cast<std::size_t>(written));
  return bytes;
}

}  // namespace

std::vector<std::uint8_t> EncodeDataset(DcmDataset& dataset) {
  const std::size_t size =
      dataset.calcElementLength(EXS_LittleEndianExplicit, EET_ExplicitLength) + 1024;
  return Bytes(dataset, size);
}

void PutHeader(DcmDataset& dataset, const ExamResults& exam, const ObjectSeries& series,
               const std::string& sop_class, int instance_number, const ExamImage* source) {
  const SourceHeader& header = source != nullptr ? source->header : exam.header();
  CopyAll(*header.copied, dataset);
  for (const auto& key :
       {DCM_PatientName, DCM_PatientID, DCM_PatientBirthDate, DCM_PatientSex, DCM_StudyDate,
        DCM_StudyTime, DCM_AccessionNumber, DCM_ReferringPhysicianName, DCM_StudyID}) {
    PutIfAbsent(dataset, key);  // type 2
  }
  Put(dataset, DCM_SOPClassUID, sop_class);
  Put(dataset, DCM_Modality, series.modality);
  Put(dataset, DCM_SeriesInstanceUID, SeriesUid(exam, series.kind));
  Put(dataset, DCM_SeriesNumber, std::to_string(exam.options.series_number + series.number_offset));
  Put(dataset, DCM_SeriesDescription, series.description);
  Put(dataset, DCM_InstanceNumber, std::to_string(instance_number));
  for (const auto& key : {DCM_SeriesDate, DCM_ContentDate}) Put(dataset, key, exam.date);
  for (const auto& key : {DCM_SeriesTime, DCM_ContentTime}) Put(dataset, key, exam.time);
  PutEquipment(dataset, exam);
  PutContributingEquipment(dataset, exam, header);
}

void PutReferencedSeries(DcmItem& item, const ExamImage& image) {
  const MammogramMetadata& metadata = image.header.metadata;
  DcmItem& series = NewItem(item, DCM_ReferencedSeriesSequence);
  Put(series, DCM_SeriesInstanceUID, metadata.series_uid);
  PutReference(NewItem(series, DCM_ReferencedInstanceSequence), metadata.sop_class_uid,
               metadata.sop_uid);
}

DicomObject FinishObjectWithUid(DcmDataset& dataset, const std::string& sop_uid) {
  DicomObject object;
  object.sop_uid = sop_uid;
  Put(dataset, DCM_SOPInstanceUID, sop_uid);
  object.sop_class = DicomText(dataset, DCM_SOPClassUID);
  object.series_uid = DicomText(dataset, DCM_SeriesInstanceUID);

  DcmFileFormat file(&dataset);
  Check(file.validateMetaInfo(EXS_LittleEndianExplicit), DCM_MediaStorageSOPClassUID);
  DcmMetaInfo& meta = *file.getMetaInfo();
  Put(meta, DCM_ImplementationClassUID, kImplementationClassUid);
  Put(meta, DCM_ImplementationVersionName, std::string("MHCNN_") + Version());
  const std::size_t size =
      file.calcElementLength(EXS_LittleEndianExplicit, EET_ExplicitLength) + 4096;
  object.bytes = Bytes(file, size);
  return object;
}

DicomObject Finish(DcmDataset& dataset, const ExamResults& exam, const std::string& kind) {
  return FinishObjectWithUid(dataset, ExamUid(exam, {kind, Sha256Hex(EncodeDataset(dataset))}));
}

}  // namespace mhcnn
