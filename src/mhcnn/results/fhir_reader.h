#pragma once

// A reader's result in a FHIR bundle (R4).
#include <string>
#include <vector>

#include "mhcnn/results/exam_results.h"
#include "mhcnn/results/fhir_elements.h"

namespace mhcnn::fhir {

/// Returns a text that is different for each result of a reader.
std::string ReaderKey(const ReaderCorrection& reader);
/// Returns the status of a reader's result: "final"; "amended" if an earlier version was final.
const char* ReaderStatus(const ReaderCorrection& reader);
/// Returns the Practitioner resource of the reader.
Json MakePractitioner(const ReaderCorrection& reader);
/// Changes the observation of the exam's category to the reader's. The model's category becomes the
/// component "model-category"; its probabilities stay. `person`: URL of the practitioner.
void SetReaderCategory(Json& observation, const ReaderCorrection& reader, const std::string& person,
                       const std::optional<DensityCategory>& model);
/// Changes the observation of the exam's percent to the reader's, with the model's percent as
/// component "model-percent" and the model's interval as "model-interval". If the reader gave no
/// percent, it remains the model's and preliminary.
void SetReaderPercent(Json& observation, const ReaderCorrection& reader, const std::string& person,
                      const StudyResult& model);
/// Changes the report to the reader's.
void SetReaderReport(Json& report, const ReaderCorrection& reader, const std::string& person);
/// Returns the provenance: who verified the targets, and which model made them. `replaced`: SOP
/// Instance UIDs of the documents that they replace.
Json MakeProvenance(const ReaderCorrection& reader, const std::vector<std::string>& targets,
                    const std::string& person, const std::string& device,
                    const std::vector<std::string>& replaced);

}  // namespace mhcnn::fhir
