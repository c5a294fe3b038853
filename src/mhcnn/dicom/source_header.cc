#include "mhcnn/dicom/source_header.h"

#include <algorithm>
#include <array>
#include <set>

#include "mhcnn/dicom/charset.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/metadata.h"
#include "mhcnn/dicom/uid.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Patient, Patient Study, Clinical Trial and General Study modules (PS3.3 C.7.1, C.7.2), of which
/// those that identify or were left by an anonymiser. Institutions, persons and descriptions of the
/// procedure are not among them.
const std::vector<DcmTagKey>& CopiedElements() {
  static const std::vector<DcmTagKey> tags = {DCM_TimezoneOffsetFromUTC,
                                              DCM_StudyDate,
                                              DCM_StudyTime,
                                              DCM_AccessionNumber,
                                              DCM_IssuerOfAccessionNumberSequence,
                                              DCM_ReferringPhysicianName,
                                              DCM_StudyDescription,
                                              DCM_PatientName,
                                              DCM_PatientID,
                                              DCM_IssuerOfPatientID,
                                              DCM_IssuerOfPatientIDQualifiersSequence,
                                              DCM_TypeOfPatientID,
                                              DCM_PatientBirthDate,
                                              DCM_PatientSex,
                                              DCM_OtherPatientIDsSequence,
                                              DCM_PatientAge,
                                              DCM_ClinicalTrialSponsorName,
                                              DCM_ClinicalTrialProtocolID,
                                              DCM_ClinicalTrialProtocolName,
                                              DCM_ClinicalTrialSiteID,
                                              DCM_ClinicalTrialSiteName,
                                              DCM_ClinicalTrialSubjectID,
                                              DCM_ClinicalTrialSubjectReadingID,
                                              DCM_ClinicalTrialTimePointID,
                                              DCM_ClinicalTrialTimePointDescription,
                                              DCM_PatientIdentityRemoved,
                                              DCM_DeidentificationMethod,
                                              DCM_DeidentificationMethodCodeSequence,
                                              DCM_StudyInstanceUID,
                                              DCM_StudyID,
                                              DCM_LongitudinalTemporalInformationModified};
  return tags;
}

const std::array kDeviceElements = {DCM_Manufacturer, DCM_ManufacturerModelName,
                                    DCM_DeviceSerialNumber, DCM_SoftwareVersions};
const std::array kCompressionElements = {DCM_LossyImageCompression, DCM_LossyImageCompressionRatio,
                                         DCM_LossyImageCompressionMethod};

/// The defined terms of Specific Character Set (PS3.3 C.12.1.1.2).
bool IsDefinedTerm(const std::string& term, bool first) {
  static const std::set<std::string> terms = {
      "ISO_IR 100",      "ISO_IR 101",      "ISO_IR 109",      "ISO_IR 110",      "ISO_IR 144",
      "ISO_IR 127",      "ISO_IR 126",      "ISO_IR 138",      "ISO_IR 148",      "ISO_IR 203",
      "ISO_IR 166",      "ISO_IR 13",       "ISO_IR 192",      "GB18030",         "GBK",
      "ISO 2022 IR 6",   "ISO 2022 IR 100", "ISO 2022 IR 101", "ISO 2022 IR 109", "ISO 2022 IR 110",
      "ISO 2022 IR 144", "ISO 2022 IR 127", "ISO 2022 IR 126", "ISO 2022 IR 138", "ISO 2022 IR 148",
      "ISO 2022 IR 203", "ISO 2022 IR 166", "ISO 2022 IR 13",  "ISO 2022 IR 87",  "ISO 2022 IR 159",
      "ISO 2022 IR 149", "ISO 2022 IR 58"};
  return (first && term.empty()) || terms.count(term) > 0;
}

void Copy(DcmItem& from, const DcmTagKey& key, DcmItem& to) {
  DcmElement* element = nullptr;
  if (from.findAndGetElement(key, element).bad() || element == nullptr) return;
  to.insert(static_cast<DcmElement*>(element->clone()), OFTrue);
}

/// Calls `visit` for each element of text, those of items too.
template <typename Visit>
void ForEachText(DcmItem& item, const Visit& visit) {
  for (unsigned long i = 0; i < item.card(); ++i) {
    DcmElement* element = item.getElement(i);
    if (element->ident() == EVR_SQ) {
      auto* sequence = static_cast<DcmSequenceOfItems*>(element);
      for (unsigned long k = 0; k < sequence->card(); ++k)
        ForEachText(*sequence->getItem(k), visit);
    } else if (element->isAffectedBySpecificCharacterSet()) {
      visit(*element);
    }
  }
}

std::string ReadElementBytes(DcmElement& element) {
  OFString value;
  if (element.getOFStringArray(value).bad()) return {};
  return {value.c_str(), value.length()};
}

bool IsAscii(const std::string& bytes) {
  return std::ranges::all_of(bytes, [](char c) { return (c & 0x80) == 0 && c != 0x1B; });
}

/// Leaves text as it is where its character set is one of the standard's; else makes it UTF-8.
void NormalizeCharacterSet(const std::vector<std::string>& terms, DcmItem& copied) {
  bool ascii = true, defined = true;
  ForEachText(copied,
              [&](DcmElement& element) { ascii = ascii && IsAscii(ReadElementBytes(element)); });
  for (std::size_t i = 0; i < terms.size(); ++i) {
    defined = defined && IsDefinedTerm(terms[i], i == 0);
  }
  if (defined && !terms.empty()) {
    std::string value;
    for (const auto& term : terms) value += (&term == &terms.front() ? "" : "\\") + term;
    if (!value.empty()) copied.putAndInsertOFStringArray(DCM_SpecificCharacterSet, value.c_str());
    if (!value.empty() || ascii) return;
  }
  if (ascii) return;
  ForEachText(copied, [&](DcmElement& element) {
    const std::string text = DecodeText(ReadElementBytes(element), terms);
    element.putOFStringArray(OFString(text.data(), text.size()));
  });
  copied.putAndInsertOFStringArray(DCM_SpecificCharacterSet, "ISO_IR 192");
}

/// Digits of a date or time; "" where there are fewer than `least`.
std::string Digits(const std::string& text, std::size_t least, std::size_t most) {
  std::string digits;
  for (const char c : text) {
    if (c == '.') break;
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits.size() < least ? "" : digits.substr(0, most);
}

void ReadDate(DcmItem& dataset, SourceHeader& header) {
  const std::array<std::pair<DcmTagKey, DcmTagKey>, 4> elements = {
      {{DCM_ContentDate, DCM_ContentTime},
       {DCM_AcquisitionDate, DCM_AcquisitionTime},
       {DCM_SeriesDate, DCM_SeriesTime},
       {DCM_StudyDate, DCM_StudyTime}}};
  for (const auto& [date, time] : elements) {
    header.date = Digits(DicomText(dataset, date), 8, 8);
    if (header.date.empty()) continue;
    header.time = Digits(DicomText(dataset, time), 2, 6);
    if (header.time.size() % 2 != 0) header.time.pop_back();
    return;
  }
}

}  // namespace

SourceHeader ReadSourceHeader(const fs::path& path) {
  const auto file = LoadDicom(path);
  DcmDataset& dataset = *file->getDataset();
  SourceHeader header;
  header.metadata = ReadMetadata(*file);
  header.orientation = DicomTexts(dataset, DCM_PatientOrientation);
  ReadDate(dataset, header);
  header.copied = std::make_shared<DcmDataset>();
  header.device = std::make_shared<DcmDataset>();
  header.compression = std::make_shared<DcmDataset>();
  for (const auto& key : CopiedElements()) Copy(dataset, key, *header.copied);
  for (const auto& key : kCompressionElements) Copy(dataset, key, *header.compression);
  // With the patient, so that one character set holds for both.
  for (const auto& key : kDeviceElements) Copy(dataset, key, *header.copied);
  NormalizeCharacterSet(DicomTexts(dataset, DCM_SpecificCharacterSet), *header.copied);
  for (const auto& key : kDeviceElements) {
    if (DcmElement* element = header.copied->remove(key)) header.device->insert(element, OFTrue);
  }
  return header;
}

SourceHeader MakeSourceHeader(const MammogramMetadata& metadata, const std::string& digest) {
  InitDcmtk();
  SourceHeader header;
  header.metadata = metadata;
  header.metadata.sop_uid = UidFromText("instance " + digest);
  header.metadata.sop_class_uid = UID_SecondaryCaptureImageStorage;
  header.device = std::make_shared<DcmDataset>();
  header.compression = std::make_shared<DcmDataset>();
  SetStudy(header, UidFromText("study " + digest), UidFromText("series " + digest));
  header.compression->putAndInsertOFStringArray(DCM_LossyImageCompression, "00");
  return header;
}

void SetStudy(SourceHeader& header, const std::string& study_uid, const std::string& series_uid) {
  header.metadata.study_uid = study_uid;
  header.metadata.series_uid = series_uid;
  header.copied = std::make_shared<DcmDataset>();
  const auto put = [&](const DcmTagKey& key, const std::string& value) {
    header.copied->putAndInsertOFStringArray(key, value.c_str());
  };
  put(DCM_StudyInstanceUID, study_uid);
  // Archives file objects by these; the date is that of objects without one.
  put(DCM_PatientID, "PICTURE-" + study_uid.substr(study_uid.size() - 12));
  put(DCM_StudyID, "1");
  put(DCM_StudyDate, "19000101");
  put(DCM_StudyTime, "000000");
}

}  // namespace mhcnn
