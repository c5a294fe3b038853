#include "mhcnn/results/fhir_reader.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/text.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/statements.h"
#include "mhcnn/results/uids.h"

namespace mhcnn::fhir {
namespace {

/// Returns the time of the reader's result: "2026-11-28T15:04:05Z".
std::string Instant(const ReaderCorrection& reader) {
  const std::string& at = reader.at;
  return fmt::format("{}-{}-{}T{}:{}:{}Z", at.substr(0, 4), at.substr(4, 2), at.substr(6, 2),
                     at.substr(8, 2), at.substr(10, 2), at.substr(12, 2));
}

Json ByReader(const ReaderCorrection& reader) {
  return {{"text", reader.accepted ? "accepted by a reader who saw the result of the model"
                                   : "corrected by a reader who saw the result of the model"}};
}

void SetPerson(Json& resource, const ReaderCorrection& reader, const std::string& person) {
  resource["status"] = ReaderStatus(reader);
  resource["issued"] = Instant(reader);
  resource["performer"] = Json::array({Reference(person, ToPrintableText(reader.author))});
}

Json Agent(const char* type, const char* display, const std::string& who) {
  return {{"type", Concept("http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                           type, display)},
          {"who", Reference(who)}};
}

}  // namespace

std::string ReaderKey(const ReaderCorrection& reader) {
  return JoinUnambiguously({"reader", std::to_string(reader.version), reader.at, reader.author,
                            reader.comment, ToLetter(std::optional(reader.category)),
                            PercentText(reader.percent)});
}

const char* ReaderStatus(const ReaderCorrection& reader) {
  if (!reader.identified) return "preliminary";
  return reader.amends ? "amended" : "final";
}

Json MakePractitioner(const ReaderCorrection& reader) {
  const std::string name = ToPrintableText(reader.author);
  Json person = {{"resourceType", "Practitioner"},
                 {"identifier", Json::array({Json{{"value", name}}})}};
  person["identifier"][0]["assigner"] = {{"display", ToPrintableText(reader.organization)}};
  person["name"] = Json::array({Json{{"text", name}}});
  return person;
}

void SetReaderCategory(Json& observation, const ReaderCorrection& reader, const std::string& person,
                       const std::optional<DensityCategory>& model) {
  SetPerson(observation, reader, person);
  observation["method"] = ByReader(reader);
  observation.erase("dataAbsentReason");
  observation["valueCodeableConcept"] = CategoryConcept(reader.category);
  observation["interpretation"] =
      Json::array({Json{{"text", IsDense(reader.category) ? "Dense" : "Not dense"}}});
  Json notes = Json::array();
  for (const auto& statement : ReaderStatements(reader, model, {}))
    notes.push_back(Json{{"text", statement}});
  observation["note"] = std::move(notes);
  if (!model) return;
  Json components = Json::array(
      {Component("model-category", CompositionConcept("category of the model, not reviewed"),
                 CategoryConcept(*model), "valueCodeableConcept")});
  for (auto& component : observation["component"]) components.push_back(std::move(component));
  observation["component"] = std::move(components);
}

void SetReaderPercent(Json& observation, const ReaderCorrection& reader, const std::string& person,
                      const StudyResult& model) {
  if (!reader.percent) return;
  SetPerson(observation, reader, person);
  observation["method"] = ByReader(reader);
  observation.erase("dataAbsentReason");
  observation["valueQuantity"] = Quantity(PercentText(reader.percent), codes::kPercent);
  observation.erase("component");
  if (!model.percent_density) return;
  Json components = Json::array({Component(
      "model-percent", Concept(codes::kPercentFibroglandular, "percent of the model, not reviewed"),
      Quantity(PercentText(model.percent_density), codes::kPercent), "valueQuantity")});
  if (model.percent_low && model.percent_high) {
    components.push_back(
        Component("model-interval", Json{{"text", "interval of the model's percent"}},
                  Json{{"low", Quantity(PercentText(model.percent_low), codes::kPercent)},
                       {"high", Quantity(PercentText(model.percent_high), codes::kPercent)}},
                  "valueRange"));
  }
  observation["component"] = std::move(components);
}

void SetReaderReport(Json& report, const ReaderCorrection& reader, const std::string& person) {
  SetPerson(report, reader, person);
  report["resultsInterpreter"] = report["performer"];
  report["conclusionCode"] = Json::array({CategoryConcept(reader.category)});
}

Json MakeProvenance(const ReaderCorrection& reader, const std::vector<std::string>& targets,
                    const std::string& person, const std::string& device,
                    const std::vector<std::string>& replaced) {
  Json provenance = {{"resourceType", "Provenance"}, {"target", Json::array()}};
  for (const auto& target : targets) provenance["target"].push_back(Reference(target));
  provenance["recorded"] = Instant(reader);
  provenance["activity"] =
      Concept("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "UPDATE", "revise");
  provenance["agent"] =
      Json::array({Agent("verifier", "Verifier", person), Agent("assembler", "Assembler", device)});
  if (replaced.empty()) return provenance;
  provenance["entity"] = Json::array();
  for (const auto& uid : replaced)
    provenance["entity"].push_back(
        Json{{"role", "revision"}, {"what", {{"identifier", UidIdentifier(uid)}}}});
  return provenance;
}

}  // namespace mhcnn::fhir
