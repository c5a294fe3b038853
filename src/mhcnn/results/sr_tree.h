#pragma once

#include <list>
#include <string>
#include <vector>

#include "mhcnn/results/dicom_object.h"

namespace mhcnn {

/// Value Type (0040,A040) of a content item.
enum class SrType {
  kContainer,
  kCode,
  kText,
  kPersonName,
  kUidRef,
  kDate,
  kNumber,
  kImage,
  kCoordinates
};
/// Returns the type as DICOM writes it: "CONTAINER", "CODE", "TEXT", "PNAME", "UIDREF", "DATE",
/// "NUM", "IMAGE" or "SCOORD".
const char* SrTypeName(SrType type);

/// A content item of a Structured Report (PS3.3 C.17.3) with the items below it. Items stay where
/// they are, so that others may point to them.
struct SrItem {
  std::string relationship;          ///< "CONTAINS", "HAS PROPERTIES", ...; "" for the root
  SrType type = SrType::kContainer;  ///< not read if `target` is set
  /// Concept Name.
  std::optional<Code> name;
  std::optional<Code> code;           ///< CODE: the value; NUM: the unit
  std::string text;                   ///< TEXT, PNAME, UIDREF, DATE: the value; NUM: the digits
  std::string sop_class, sop_uid;     ///< IMAGE
  int frame = 0;                      ///< IMAGE: its frame; 0: without frames
  std::vector<float> points;          ///< SCOORD: column, row, column, row, ... of a polyline
  const char* template_id = nullptr;  ///< CONTAINER: its template of DCMR
  const SrItem* target = nullptr;     ///< the item that this one refers to
  /// Items below this one.
  std::list<SrItem> children;

  /// Adds an item below this one and returns it.
  SrItem& Add(SrItem item);
  /// Adds a CONTAINER.
  SrItem& Container(const char* relation, const Code& concept_name,
                    const char* of_template = nullptr);
  /// Adds a CODE.
  SrItem& CodeItem(const char* relation, const Code& concept_name, const Code& value);
  /// Adds a TEXT of UTF-8, such as the words of a reader; Text() replaces them by "?".
  SrItem& Words(const char* relation, const Code& concept_name, const std::string& value);
  /// Adds a PNAME of UTF-8.
  SrItem& Person(const char* relation, const Code& concept_name, const std::string& value);
  /// Adds a TEXT.
  SrItem& Text(const char* relation, const Code& concept_name, const std::string& value);
  /// Adds a UIDREF.
  SrItem& Uid(const char* relation, const Code& concept_name, const std::string& value);
  /// Adds a DATE, YYYYMMDD.
  SrItem& Date(const char* relation, const Code& concept_name, const std::string& value);
  /// Adds a NUM.
  SrItem& Number(const char* relation, const Code& concept_name, const std::string& digits,
                 const Code& unit);
  /// Adds an IMAGE.
  SrItem& Image(const char* relation, const std::optional<Code>& concept_name,
                const std::string& sop_class_uid, const std::string& sop_instance_uid,
                int frame_number = 0);
  /// Adds an SCOORD of type POLYLINE.
  SrItem& Polyline(const char* relation, const Code& concept_name, std::vector<float> points_of);
  /// Adds a reference to an item of the same document.
  SrItem& Reference(const char* relation, const SrItem& to);
};

/// An object that an SR document refers to.
struct SrEvidence {
  /// Unique identifiers of the object.
  std::string study_uid, series_uid, sop_class, sop_uid;
};

/// Makes an SR document: header, SR Document General module with its evidence and predecessors, and
/// the tree. Where a reader has seen the exam and the document is no CAD report, it is verified by
/// the reader. Texts that are not ASCII make it a document in UTF-8 (ISO_IR 192). It is read back
/// by the toolkit's own reader with its checks of the SOP class's relationships; throws
/// Error(kInternal) where that fails.
DicomObject MakeSrDocument(const ExamResults& exam, const ObjectSeries& series,
                           const std::string& sop_class, const SrItem& root,
                           const std::vector<SrEvidence>& evidence);

/// Adds name, version and parameters of the algorithm (TID 4019).
void AddAlgorithm(SrItem& item, const char* relation, const ExamResults& exam);
/// Adds the language, English (TID 1204).
void AddLanguage(SrItem& root);
/// Returns a number as decimal text of at most 16 characters.
std::string DecimalText(double value);
/// Returns the code of the view (CID 4014); nothing if it is not known.
std::optional<Code> ToViewCode(const MammogramMetadata& metadata);
/// Returns the codes of the view's modifiers (CID 4015).
std::vector<Code> ToViewModifierCodes(const MammogramMetadata& metadata);
/// Returns the images as evidence.
std::vector<SrEvidence> ListImageEvidence(const ExamResults& exam);

}  // namespace mhcnn
