#include "mhcnn/results/sr_tree.h"

#include <dcmtk/dcmsr/dsrdoc.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "mhcnn/base/error.h"
#include "mhcnn/base/version.h"
#include "mhcnn/dicom/view_codes.h"

namespace mhcnn {
namespace {

using Position = std::vector<Uint32>;
using Positions = std::map<const SrItem*, Position>;

void SetPositions(const SrItem& item, const Position& at, Positions& positions) {
  positions[&item] = at;
  Uint32 number = 0;
  for (const auto& child : item.children) {
    Position below = at;
    below.push_back(++number);
    SetPositions(child, below, positions);
  }
}

void WriteNumber(const SrItem& item, DcmItem& out) {
  DcmItem& value = NewItem(out, DCM_MeasuredValueSequence);
  PutCode(value, DCM_MeasurementUnitsCodeSequence, *item.code);
  Put(value, DCM_NumericValue, item.text);
}

void WriteValue(const SrItem& item, const std::string& text, DcmItem& out) {
  if (item.type == SrType::kContainer) {
    Put(out, DCM_ContinuityOfContent, "SEPARATE");
    if (item.template_id == nullptr) return;
    DcmItem& tid = NewItem(out, DCM_ContentTemplateSequence);
    Put(tid, DCM_MappingResource, "DCMR");
    Put(tid, DCM_TemplateIdentifier, item.template_id);
  } else if (item.type == SrType::kCode) {
    PutCode(out, DCM_ConceptCodeSequence, *item.code);
  } else if (item.type == SrType::kText) {
    Put(out, DCM_TextValue, text);
  } else if (item.type == SrType::kPersonName) {
    Put(out, DCM_PersonName, text);
  } else if (item.type == SrType::kUidRef) {
    Put(out, DCM_UID, text);
  } else if (item.type == SrType::kDate) {
    Put(out, DCM_Date, text);
  } else if (item.type == SrType::kNumber) {
    WriteNumber(item, out);
  } else if (item.type == SrType::kImage) {
    DcmItem& reference = NewItem(out, DCM_ReferencedSOPSequence);
    PutReference(reference, item.sop_class, item.sop_uid);
    if (item.frame > 0) Put(reference, DCM_ReferencedFrameNumber, std::to_string(item.frame));
  } else if (item.type == SrType::kCoordinates) {
    Put(out, DCM_GraphicType, "POLYLINE");
    out.putAndInsertFloat32Array(DCM_GraphicData, item.points.data(), item.points.size());
  }
}

bool IsAscii(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool IsAscii(const SrItem& item) {
  return IsAscii(item.text) &&
         std::ranges::all_of(item.children, [](const SrItem& child) { return IsAscii(child); });
}

/// `ascii`: the document could not be made UTF-8, and its texts become ASCII.
void Write(const SrItem& item, const Positions& positions, bool ascii, DcmItem& out) {
  if (!item.relationship.empty()) Put(out, DCM_RelationshipType, item.relationship);
  if (item.target != nullptr) {
    const Position& at = positions.at(item.target);
    out.putAndInsertUint32Array(DCM_ReferencedContentItemIdentifier, at.data(), at.size());
    return;
  }
  Put(out, DCM_ValueType, SrTypeName(item.type));
  if (item.name) PutCode(out, DCM_ConceptNameCodeSequence, *item.name);
  WriteValue(item, ascii ? AsciiText(item.text) : item.text, out);
  for (const auto& child : item.children) {
    Write(child, positions, ascii, NewItem(out, DCM_ContentSequence));
  }
}

/// Hierarchical SOP Instance Reference macro (PS3.3 C.17.2.1): by study, by series.
void PutHierarchy(DcmDataset& dataset, const DcmTagKey& sequence,
                  const std::vector<SrEvidence>& objects) {
  std::map<std::string, std::map<std::string, std::vector<const SrEvidence*>>> studies;
  for (const auto& object : objects)
    studies[object.study_uid][object.series_uid].push_back(&object);
  for (const auto& [study_uid, all_series] : studies) {
    DcmItem& study = NewItem(dataset, sequence);
    Put(study, DCM_StudyInstanceUID, study_uid);
    for (const auto& [series_uid, in_series] : all_series) {
      DcmItem& series = NewItem(study, DCM_ReferencedSeriesSequence);
      Put(series, DCM_SeriesInstanceUID, series_uid);
      for (const SrEvidence* object : in_series) {
        PutReference(NewItem(series, DCM_ReferencedSOPSequence), object->sop_class,
                     object->sop_uid);
      }
    }
  }
}

/// Verification (PS3.3 C.17.2): by the reader where there is one. All words of the reader are in
/// the tree too, so that `ascii` is right for both.
void PutVerification(DcmDataset& dataset, const ReaderCorrection* reader, bool ascii) {
  const bool verified = reader != nullptr && reader->identified;
  Put(dataset, DCM_VerificationFlag, verified ? "VERIFIED" : "UNVERIFIED");
  if (!verified) return;
  const auto text = [&](const std::string& value) { return ascii ? AsciiText(value) : value; };
  DcmItem& observer = NewItem(dataset, DCM_VerifyingObserverSequence);
  Put(observer, DCM_VerifyingObserverName, text(PersonNameValue(reader->author)));
  PutIfAbsent(observer, DCM_VerifyingObserverIdentificationCodeSequence);
  Put(observer, DCM_VerifyingOrganization, text(LongStringValue(reader->organization)));
  Put(observer, DCM_VerificationDateTime, reader->at + "+0000");
}

void CheckByToolkit(DcmDataset& dataset) {
  DSRDocument document;
  const OFCondition status = document.read(dataset);
  if (status.good()) return;
  throw Error(ErrorCode::kInternal,
              std::string("an SR document is not as its SOP class demands: ") + status.text());
}

SrItem Item(const char* relation, SrType type, const std::optional<Code>& name) {
  SrItem item;
  item.relationship = relation;
  item.type = type;
  item.name = name;
  return item;
}

}  // namespace

const char* SrTypeName(SrType type) {
  static constexpr std::array kNames = {"CONTAINER", "CODE", "TEXT",  "PNAME", "UIDREF",
                                        "DATE",      "NUM",  "IMAGE", "SCOORD"};
  return kNames.at(static_cast<std::size_t>(type));
}

SrItem& SrItem::Add(SrItem item) { return children.emplace_back(std::move(item)); }

SrItem& SrItem::Container(const char* relation, const Code& concept_name, const char* of_template) {
  SrItem item = Item(relation, SrType::kContainer, concept_name);
  item.template_id = of_template;
  return Add(std::move(item));
}

SrItem& SrItem::CodeItem(const char* relation, const Code& concept_name, const Code& value) {
  SrItem item = Item(relation, SrType::kCode, concept_name);
  item.code = value;
  return Add(std::move(item));
}

SrItem& SrItem::Text(const char* relation, const Code& concept_name, const std::string& value) {
  SrItem item = Item(relation, SrType::kText, concept_name);
  item.text = AsciiText(value);
  return Add(std::move(item));
}

SrItem& SrItem::Words(const char* relation, const Code& concept_name, const std::string& value) {
  SrItem item = Item(relation, SrType::kText, concept_name);
  item.text = value;
  return Add(std::move(item));
}

SrItem& SrItem::Person(const char* relation, const Code& concept_name, const std::string& value) {
  SrItem item = Item(relation, SrType::kPersonName, concept_name);
  item.text = value;
  return Add(std::move(item));
}

SrItem& SrItem::Uid(const char* relation, const Code& concept_name, const std::string& value) {
  SrItem item = Item(relation, SrType::kUidRef, concept_name);
  item.text = value;
  return Add(std::move(item));
}

SrItem& SrItem::Date(const char* relation, const Code& concept_name, const std::string& value) {
  SrItem item = Item(relation, SrType::kDate, concept_name);
  item.text = value;
  return Add(std::move(item));
}

SrItem& SrItem::Number(const char* relation, const Code& concept_name, const std::string& digits,
                       const Code& unit) {
  SrItem item = Item(relation, SrType::kNumber, concept_name);
  item.text = digits;
  item.code = unit;
  return Add(std::move(item));
}

SrItem& SrItem::Image(const char* relation, const std::optional<Code>& concept_name,
                      const std::string& sop_class_uid, const std::string& sop_instance_uid,
                      int frame_number) {
  SrItem item = Item(relation, SrType::kImage, concept_name);
  item.sop_class = sop_class_uid;
  item.sop_uid = sop_instance_uid;
  item.frame = frame_number;
  return Add(std::move(item));
}

SrItem& SrItem::Polyline(const char* relation, const Code& concept_name,
                         std::vector<float> points_of) {
  SrItem item = Item(relation, SrType::kCoordinates, concept_name);
  item.points = std::move(points_of);
  return Add(std::move(item));
}

SrItem& SrItem::Reference(const char* relation, const SrItem& to) {
  SrItem item;
  item.relationship = relation;
  item.target = &to;
  return Add(std::move(item));
}

DicomObject MakeSrDocument(const ExamResults& exam, const ObjectSeries& series,
                           const std::string& sop_class, const SrItem& root,
                           const std::vector<SrEvidence>& evidence) {
  const bool is_cad = sop_class == UID_MammographyCADSRStorage;
  const ReaderCorrection* reader = exam.options.reader && !is_cad ? &*exam.options.reader : nullptr;
  DcmDataset dataset;
  PutHeader(dataset, exam, series, sop_class, reader != nullptr ? 1 + reader->version : 1);
  PutIfAbsent(dataset, DCM_ReferencedPerformedProcedureStepSequence);
  PutIfAbsent(dataset, DCM_PerformedProcedureCodeSequence);
  Put(dataset, DCM_CompletionFlag, "COMPLETE");
  if (!is_cad) Put(dataset, DCM_PreliminaryFlag, "FINAL");
  PutHierarchy(dataset, DCM_CurrentRequestedProcedureEvidenceSequence, evidence);
  std::vector<SrEvidence> earlier;
  for (const auto& one : reader != nullptr ? exam.options.read : exam.options.predecessors) {
    // A CAD report replaces a CAD report; 88.33 and 88.34 replace each other.
    if (is_cad != (one.sop_class_uid == UID_MammographyCADSRStorage)) continue;
    earlier.push_back({one.study_uid, one.series_uid, one.sop_class_uid, one.sop_uid});
  }
  PutHierarchy(dataset, DCM_PredecessorDocumentsSequence, earlier);
  const bool plain = IsAscii(root) && (reader == nullptr || IsAscii(reader->organization));
  const bool ascii = !plain && dataset.convertToUTF8().bad();
  PutVerification(dataset, reader, ascii);
  Positions positions;
  SetPositions(root, {1}, positions);
  Write(root, positions, ascii, dataset);
  DicomObject object = Finish(dataset, exam, series.kind);
  CheckByToolkit(dataset);
  return object;
}

void AddAlgorithm(SrItem& item, const char* relation, const ExamResults& exam) {
  item.Text(relation, codes::kAlgorithmName, exam.model.name);
  item.Text(relation, codes::kAlgorithmVersion, exam.model.version);
  std::string parameters = std::string("program mhcnn ") + Version();
  if (!exam.model.calibration.empty()) parameters += "; calibration " + exam.model.calibration;
  for (const auto& setting : exam.options.settings) parameters += "; " + setting;
  item.Text(relation, codes::kAlgorithmParameters, parameters);
}

void AddLanguage(SrItem& root) {
  root.CodeItem("HAS CONCEPT MOD", codes::kLanguage, codes::kEnglish);
}

std::string DecimalText(double value) { return fmt::format("{:.6g}", value); }

std::optional<Code> ToViewCode(const MammogramMetadata& metadata) {
  const ViewCode* view = ParseView(metadata.view_text.substr(0, metadata.view_text.find(' '))).code;
  if (view == nullptr || view->view != metadata.view)
    view = ParseView(ViewName(metadata.view)).code;
  if (view == nullptr) return std::nullopt;
  return Code{view->sct, "SCT", view->meaning};
}

std::vector<Code> ToViewModifierCodes(const MammogramMetadata& metadata) {
  std::vector<Code> modifiers;
  for (const auto& meaning : metadata.view_modifiers) {
    for (const auto& code : ViewModifierCodes()) {
      if (meaning == code.meaning) modifiers.push_back({code.sct, "SCT", code.meaning});
    }
  }
  return modifiers;
}

std::vector<SrEvidence> ListImageEvidence(const ExamResults& exam) {
  std::vector<SrEvidence> evidence;
  for (const auto& image : exam.images) {
    const MammogramMetadata& metadata = image.header.metadata;
    evidence.push_back(
        {metadata.study_uid, metadata.series_uid, metadata.sop_class_uid, metadata.sop_uid});
  }
  return evidence;
}

}  // namespace mhcnn
