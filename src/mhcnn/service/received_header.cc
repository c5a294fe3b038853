#include "mhcnn/service/received_header.h"

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <span>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file_bytes.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/base/text.h"
#include "mhcnn/batch/own_files.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/scope.h"
#include "mhcnn/dicom/source_header.h"
#include "mhcnn/dicom/structure.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/results/dicom_object.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// "L-CC", "L-MLO", "R-CC" or "R-MLO" of a whole breast in a standard view; else "".
std::string StandardView(const MammogramMetadata& metadata) {
  const bool is_standard = metadata.laterality != Laterality::kUnknown &&
                           (metadata.view == View::kCC || metadata.view == View::kMLO) &&
                           !HasSpecialViewFlag(metadata.flags) &&
                           !HasFlag(metadata.flags, Flag::kImplantDisplaced);
  return is_standard
             ? std::string(LateralityName(metadata.laterality)) + "-" + ViewName(metadata.view)
             : "";
}

/// Elements besides the pixel data that the figures depend on: those of acquisition (group 0018),
/// image pixel and display (0028), view (0054) and functional groups (5200), and a few of other
/// groups.
bool IsImageElement(const DcmTag& tag) {
  static constexpr std::array<Uint16, 4> kGroups = {0x0018, 0x0028, 0x0054, 0x5200};
  static const std::array<DcmTagKey, 9> kOthers = {
      DCM_ImageType,           DCM_AcquisitionDate, DCM_AcquisitionTime,
      DCM_AcquisitionDateTime, DCM_Modality,        DCM_PresentationIntentType,
      DCM_PatientOrientation,  DCM_ImageLaterality, DCM_Laterality};
  return std::find(kGroups.begin(), kGroups.end(), tag.getGroup()) != kGroups.end() ||
         std::find(kOthers.begin(), kOthers.end(), tag) != kOthers.end();
}

std::string PixelDigest(std::span<const std::uint8_t> content) {
  const DicomStructure structure = ReadDicomStructure(content);
  const std::span<const std::uint8_t> bytes =
      structure.inflated.empty() ? content : std::span(structure.inflated);
  Sha256 hash;
  const auto add = [&](std::span<const std::uint8_t> part) { hash.Add(part.data(), part.size()); };
  // The fragments follow no other rule than their order; without a picture the whole file counts.
  if (!structure.whole_picture) add(content);
  for (const ByteRange& range : structure.pixels) {
    if (structure.whole_picture) add(bytes.subspan(range.at, range.size));
  }
  return hash.Hex();
}

std::string ImageDigest(const fs::path& path, DcmDataset& dataset) {
  DcmDataset chosen;
  for (unsigned long i = 0; i < dataset.card(); ++i) {
    DcmElement* element = dataset.getElement(i);
    if (!IsImageElement(element->getTag())) continue;
    chosen.insert(static_cast<DcmElement*>(element->clone()), OFTrue);
  }
  const std::string header = Sha256Hex(EncodeDataset(chosen));
  return Sha256Hex(header + FileBytes(path).Read(PixelDigest));
}

/// Why the object is not to be measured; nothing where it is.
std::optional<std::string> FindKeepReason(DcmDataset& dataset, MammogramMetadata metadata) {
  if (metadata.sop_class_uid == UID_DigitalMammographyXRayImageStorageForPresentation ||
      metadata.sop_class_uid == UID_DigitalMammographyXRayImageStorageForProcessing) {
    return std::nullopt;
  }
  try {
    CheckScope(dataset, metadata, true);
  } catch (const Error& e) {
    return e.problem();
  }
  // In a study are also scanned letters, tables and other makers' results.
  if (HasFlag(metadata.flags, Flag::kMammogramNotStated))
    return "does not state that it shows a breast";
  return std::nullopt;
}

void RequireUid(const std::string& uid, const char* name) {
  if (IsUid(uid)) return;
  const std::string problem = uid.empty() ? "has no " : "has an invalid ";
  throw Error(ErrorCode::kCorrupt, problem + name);
}

ReceivedObject Read(const fs::path& path) {
  const SourceHeader header = ReadSourceHeader(path);
  const MammogramMetadata& metadata = header.metadata;
  RequireUid(metadata.sop_uid, "SOP Instance UID");
  RequireUid(metadata.sop_class_uid, "SOP Class UID");
  RequireUid(metadata.study_uid, "Study Instance UID");
  ReceivedObject object;
  object.sop_uid = metadata.sop_uid;
  object.sop_class_uid = metadata.sop_class_uid;
  object.series_uid = IsUid(metadata.series_uid) ? metadata.series_uid : "";
  object.study_uid = metadata.study_uid;
  object.patient_id = metadata.patient_id;
  object.issuer = DicomText(*header.copied, DCM_IssuerOfPatientID);
  const bool is_date = metadata.study_date.size() == 8 &&
                       std::all_of(metadata.study_date.begin(), metadata.study_date.end(),
                                   [](char c) { return c >= '0' && c <= '9'; });
  object.study_date = is_date ? metadata.study_date : "";
  object.demographics_digest = Sha256Hex(EncodeDataset(*header.copied));
  object.bytes = fs::file_size(path);
  const auto file = LoadDicom(path);
  DcmDataset& dataset = *file->getDataset();
  object.use = ObjectPurpose::kMeasure;
  if (IsOwnObject(metadata)) {
    object.use = ObjectPurpose::kOwnResult;
    object.reason = "is a result of this program";
  } else if (const auto why = FindKeepReason(dataset, metadata)) {
    object.use = ObjectPurpose::kKeep;
    object.reason = *why;
  }
  if (object.use == ObjectPurpose::kMeasure) {
    object.view = StandardView(metadata);
    object.image_digest = ImageDigest(path, dataset);
  }
  return object;
}

}  // namespace

bool IsUid(const std::string& text) {
  const bool characters = std::all_of(text.begin(), text.end(),
                                      [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return characters && !text.empty() && text.size() <= 64 && text.front() != '.' &&
         text.back() != '.' && text.find("..") == std::string::npos;
}

ReceivedObject ReadReceivedHeader(const fs::path& path) {
  try {
    return Read(path);
  } catch (const Error& e) {
    // A limit of the structure is one of this file: to send it again would not help.
    const bool resources = e.code() == ErrorCode::kIo || e.code() == ErrorCode::kNotFound;
    throw Error(resources ? ErrorCode::kIo : ErrorCode::kCorrupt, e.problem(), path.string(),
                e.remedy());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kLimit, "needs more memory than there is", path.string());
  }
}

}  // namespace mhcnn
