#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mhcnn/image/density_category.h"

namespace mhcnn {

/// Statement of a reader about an exam after seeing the model's result. SR (TID 1500), FHIR and the
/// summary page then state it as the result, together with the model's own figures; SEG and CAD SR
/// are the model's and do not change.
struct ReaderCorrection {
  DensityCategory category = DensityCategory::kA;  ///< the reader's category
  std::optional<double> percent;                   ///< the reader's percent, 0 to 100
  std::string comment;                             ///< words of the reader, UTF-8; may be empty
  std::string author;                              ///< name of the reader, UTF-8
  std::string organization;                        ///< organization of the reader, UTF-8
  std::string at;                                  ///< time of the statement in UTC: YYYYMMDDHHMMSS
  bool accepted = false;                           ///< whether the reader agrees with the model
  int version = 1;                                 ///< number of the statement on the exam, from 1
  /// Whether the author is known by name. If not, SR stays UNVERIFIED and FHIR preliminary.
  bool identified = true;
  /// Whether an earlier version was given out as final.
  bool amends = false;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Returns the time of the statement: "2026-11-28 15:04:05 UTC".
std::string ReaderTimeText(const ReaderCorrection& reader);
/// Returns "c" if the reader agrees with the model, else "c (model: b)"; "c (model: none)" if the
/// model has no category.
std::string ReaderCategoryText(const ReaderCorrection& reader,
                               const std::optional<DensityCategory>& model);
/// Returns "31.0 % (model: 23.4 %)"; "" if the reader gave none.
std::string ReaderPercentText(const ReaderCorrection& reader, const std::optional<double>& model);
/// Returns sentences for people: the result, who gave it and when, the comment.
std::vector<std::string> ReaderStatements(const ReaderCorrection& reader,
                                          const std::optional<DensityCategory>& model,
                                          const std::optional<double>& model_percent);
/// Returns a name as a value of VR PN (PS3.5 6.2): a family name without the characters that
/// separate components, groups and values, then "^", which distinguishes it from the form of names
/// before 1993; at most 64 characters. Returns "" for a name without any allowed character.
std::string PersonNameValue(const std::string& name);
/// Returns a text as a value of VR LO: at most 64 characters, no backslash and control characters.
std::string LongStringValue(const std::string& text);

}  // namespace mhcnn
