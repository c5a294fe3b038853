#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mhcnn/image/density_category.h"

namespace mhcnn {

/// What a reader said of an exam after seeing the model's result. SR (TID 1500), FHIR and the
/// summary page then state it as the result, with the model's own figures beside it; SEG and CAD SR
/// are the model's and do not change.
struct ReaderCorrection {
  DensityCategory category = DensityCategory::kA;  ///< the reader's category
  std::optional<double> percent;                   ///< the reader's percent, 0 to 100
  std::string comment;                             ///< words of the reader, UTF-8; may be empty
  std::string author;                              ///< name of the reader, UTF-8
  std::string organization;                        ///< to which the reader belongs, UTF-8
  std::string at;                                  ///< when it was said, in UTC: YYYYMMDDHHMMSS
  bool accepted = false;                           ///< the reader agrees with the model
  int version = 1;                                 ///< counts what readers said of the exam, from 1
  /// Whether the author is known by name. If not, SR stays UNVERIFIED and FHIR preliminary.
  bool identified = true;
  /// Whether an earlier version was given out as final.
  bool amends = false;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// "2026-11-28 15:04:05 UTC", when it was said.
std::string ReaderTime(const ReaderCorrection& reader);
/// "c" where the reader agrees with the model, else "c (model: b)"; "c (model: none)" where the
/// model has no category.
std::string ReaderCategoryText(const ReaderCorrection& reader,
                               const std::optional<DensityCategory>& model);
/// "31.0 % (model: 23.4 %)"; "" where the reader gave none.
std::string ReaderPercentText(const ReaderCorrection& reader, const std::optional<double>& model);
/// Sentences for people: the result, who gave it and when, the comment.
std::vector<std::string> ReaderStatements(const ReaderCorrection& reader,
                                          const std::optional<DensityCategory>& model,
                                          const std::optional<double>& model_percent);
/// A name as a value of VR PN (PS3.5 6.2): a family name, without the characters that part
/// components, groups and values, and the "^" that tells it from the form of names before 1993; at
/// most 64 characters. "" for a name without any character that may stay.
std::string PersonNameValue(const std::string& name);
/// A text as a value of VR LO: at most 64 characters, without backslash and control characters.
std::string LongStringValue(const std::string& text);

}  // namespace mhcnn
