#include "mhcnn/dicom/synthesised.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "mhcnn/base/text.h"
#include "mhcnn/dicom/functional_groups.h"

namespace mhcnn {
namespace {

/// Image Type of the object or of its frame (X-Ray 3D Frame Type, PS3.3 C.8.21.5.1).
std::vector<std::string> ImageType(DcmItem& dataset) {
  std::vector<std::string> values = DicomTexts(dataset, DCM_ImageType);
  DcmItem& frame = FindFunctionalGroup(dataset, DCM_XRay3DFrameTypeSequence);
  for (auto& value : DicomTexts(frame, DCM_FrameType)) values.push_back(std::move(value));
  for (auto& value : values) value = ToUpper(value);
  return values;
}

bool Has(const std::vector<std::string>& values, std::string_view wanted) {
  return std::find(values.begin(), values.end(), wanted) != values.end();
}

/// GENERATED_2D is the standard's value 4 (PS3.3 C.8.21.1.1); vendors add to it ("GENERATED_2D_1")
/// or write TOMO_2D.
bool SaysGenerated(const std::vector<std::string>& image_type) {
  return std::any_of(image_type.begin(), image_type.end(), [](const std::string& value) {
    return value.rfind("GENERATED_2D", 0) == 0 || value.rfind("TOMO_2D", 0) == 0;
  });
}

/// Product names, for files whose Image Type does not say it.
bool NamesProduct(DcmItem& dataset) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "C-VIEW",     "CVIEW",     "INTELLIGENT 2D", "INTELLIGENT2D", "V-PREVIEW",   "VPREVIEW",
      "INSIGHT 2D", "INSIGHT2D", "S-VIEW",         "SYNTHETIC",     "SYNTHESIZED", "SYNTHESISED"};
  for (const auto& key : {DCM_SeriesDescription, DCM_AcquisitionDeviceProcessingDescription,
                          DCM_ProtocolName, DCM_DerivationDescription}) {
    const std::string text = ToUpper(DicomText(dataset, key));
    for (const auto name : kNames) {
      if (text.find(name) != std::string::npos) return true;
    }
  }
  return false;
}

/// An attribute of the object, else of its first frame.
std::string Common3D(DcmItem& dataset, const DcmTagKey& key) {
  std::string text = DicomText(dataset, key);
  if (!text.empty()) return text;
  return DicomText(FindFunctionalGroup(dataset, DCM_XRay3DFrameTypeSequence), key);
}

/// A plane of a volume, and not something computed from all of it.
bool IsPlane(DcmItem& dataset) {
  const std::string technique = Common3D(dataset, DCM_VolumeBasedCalculationTechnique);
  return Common3D(dataset, DCM_VolumetricProperties) == "VOLUME" &&
         (technique.empty() || technique == "NONE");
}

}  // namespace

Tomosynthesis ClassifyTomosynthesis(DcmItem& dataset, const MammogramMetadata& metadata) {
  const std::string& sop = metadata.sop_class_uid;
  if (sop == UID_BreastProjectionXRayImageStorageForPresentation ||
      sop == UID_BreastProjectionXRayImageStorageForProcessing) {
    return Tomosynthesis::kProjection;
  }
  const bool is_object = sop == UID_BreastTomosynthesisImageStorage;
  if (!is_object && metadata.modality != "MG") return Tomosynthesis::kNone;
  if (DicomNumber(dataset, DCM_NumberOfFrames).value_or(1) > 1) return Tomosynthesis::kVolume;

  const auto type = ImageType(dataset);
  if (SaysGenerated(type)) return Tomosynthesis::kSynthesised;
  // One part of a volume that was cut up into files (PS3.3 C.7.6.16.2.2.4), or a slice by its type.
  const bool in_parts = DicomNumber(dataset, DCM_InConcatenationTotalNumber).value_or(1) > 1;
  const bool is_slice = Has(type, "TOMO") || IsPlane(dataset);
  // A 2D picture that was made from the volume has GENERATED_2D as value 4. The volume has NONE.
  const bool not_generated = type.size() > 3 && type[2] == "TOMOSYNTHESIS" && type[3] == "NONE";
  if (in_parts || ((is_slice || not_generated) && !NamesProduct(dataset)))
    return Tomosynthesis::kSlice;
  if (Has(type, "TOMO_PROJ") || Has(type, "TOMO_PROJECTION")) return Tomosynthesis::kProjection;
  if (is_object || Has(type, "TOMOSYNTHESIS") || NamesProduct(dataset)) {
    return Tomosynthesis::kSynthesised;
  }
  return Tomosynthesis::kNone;
}

}  // namespace mhcnn
