#pragma once

// What a reader's result is in a FHIR bundle (R4).
#include <string>
#include <vector>

#include "mhcnn/results/exam_results.h"
#include "mhcnn/results/fhir_elements.h"

namespace mhcnn::fhir {

/// A text that is another for each result of a reader.
std::string ReaderKey(const ReaderCorrection& reader);
/// Status of what a reader has seen: "final"; "amended" where an earlier version was final.
const char* ReaderStatus(const ReaderCorrection& reader);
/// The reader.
Json MakePractitioner(const ReaderCorrection& reader);
/// Makes the observation of the exam's category the reader's. The model's category becomes the
/// component "model-category"; its probabilities stay. `person`: URL of the practitioner.
void SetReaderCategory(Json& observation, const ReaderCorrection& reader, const std::string& person,
                       const std::optional<DensityCategory>& model);
/// Makes the observation of the exam's percent the reader's, with the model's percent as component
/// "model-percent" and the model's interval as "model-interval". Where the reader gave no percent
/// it stays the model's and preliminary.
void SetReaderPercent(Json& observation, const ReaderCorrection& reader, const std::string& person,
                      const StudyResult& model);
/// Makes the report the reader's.
void SetReaderReport(Json& report, const ReaderCorrection& reader, const std::string& person);
/// Says who verified the targets, and which model had made them. `replaced`: SOP Instance UIDs of
/// the documents that they replace.
Json MakeProvenance(const ReaderCorrection& reader, const std::vector<std::string>& targets,
                    const std::string& person, const std::string& device,
                    const std::vector<std::string>& replaced);

}  // namespace mhcnn::fhir
