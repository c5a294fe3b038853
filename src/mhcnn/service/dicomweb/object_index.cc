#include "mhcnn/service/dicomweb/object_index.h"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/service/dicomweb/dicom_json.h"

namespace mhcnn {
namespace {

using nlohmann::json;

/// Returns the attributes of searches and answers (PS3.18 10.6.1.2.3, 10.6.3.3), at all levels.
const std::vector<DcmTagKey>& SearchTags() {
  static const std::vector<DcmTagKey> tags = {DCM_SpecificCharacterSet,
                                              DCM_SOPClassUID,
                                              DCM_SOPInstanceUID,
                                              DCM_StudyDate,
                                              DCM_SeriesDate,
                                              DCM_StudyTime,
                                              DCM_SeriesTime,
                                              DCM_AccessionNumber,
                                              DCM_Modality,
                                              DCM_Manufacturer,
                                              DCM_ReferringPhysicianName,
                                              DCM_TimezoneOffsetFromUTC,
                                              DCM_StudyDescription,
                                              DCM_SeriesDescription,
                                              DCM_PatientName,
                                              DCM_PatientID,
                                              DCM_IssuerOfPatientID,
                                              DCM_PatientBirthDate,
                                              DCM_PatientSex,
                                              DCM_BodyPartExamined,
                                              DCM_StudyInstanceUID,
                                              DCM_SeriesInstanceUID,
                                              DCM_StudyID,
                                              DCM_SeriesNumber,
                                              DCM_InstanceNumber,
                                              DCM_Laterality,
                                              DCM_ImageLaterality,
                                              DCM_ViewPosition,
                                              DCM_NumberOfFrames,
                                              DCM_Rows,
                                              DCM_Columns,
                                              DCM_BitsAllocated,
                                              DCM_PerformedProcedureStepStartDate,
                                              DCM_PerformedProcedureStepStartTime};
  return tags;
}

}  // namespace

std::string IndexedObject::Text(const char* tag) const {
  const auto found = header->find(tag);
  if (found == header->end() || !found->contains("Value")) return {};
  const json& value = found->at("Value").at(0);
  if (value.is_object()) return value.value("Alphabetic", "");
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump();
}

std::shared_ptr<const json> ObjectIndex::Header(const StoredObject& object) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = headers_.find(object.digest); found != headers_.end())
      return found->second;
  }
  json header = json::object();
  const auto file = LoadDicom(Path(object));
  DcmDataset& dataset = *file->getDataset();
  for (const DcmTagKey& tag : SearchTags()) {
    DcmElement* element = nullptr;
    if (dataset.findAndGetElement(tag, element).bad()) continue;
    header[ToTagDigits(tag)] =
        DicomJson(dataset, *element, [](const std::string&) { return std::string(); });
  }
  auto made = std::make_shared<const json>(std::move(header));
  const std::lock_guard lock(mutex_);
  if (headers_.size() >= most_) headers_.clear();
  headers_[object.digest] = made;
  return made;
}

std::vector<IndexedObject> ObjectIndex::Find(JobStore& store, const std::string& study,
                                             const std::string& series, const std::string& sop) {
  std::vector<IndexedObject> found;
  for (StoredObject& object : store.stored().ListForStudy(study)) {
    if (!sop.empty() && object.sop_uid != sop) continue;
    try {
      IndexedObject one{object, Header(object)};
      if (series.empty() || one.Series() == series) found.push_back(std::move(one));
    } catch (const Error& e) {
      // The retention may have removed the file meanwhile.
      spdlog::warn("web: an object cannot be read: {}", e.problem());
    }
  }
  return found;
}

}  // namespace mhcnn
