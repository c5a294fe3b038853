#include "mhcnn/results/fhir_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/results/dicom_object.h"
#include "mhcnn/results/fhir_bundle.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using testing_support::FourExamImages;
using testing_support::MakeExam;

json MakeBundle(const std::optional<ReaderCorrection>& reader) {
  ExamResults exam = MakeExam(FourExamImages());
  exam.options.reader = reader;
  if (reader) exam.options.read = {{"1.2.3", "2.25.5", "1.2.840.10008.5.1.4.1.1.88.33", "2.25.6"}};
  return json::parse(MakeFhirBundle(exam, {}));
}

ReaderCorrection Reader() {
  ReaderCorrection reader;
  reader.category = DensityCategory::kD;
  reader.author = "Jörg";
  reader.organization = "node";
  reader.at = "20261128150405";
  return reader;
}

/// The first resource of a type, whose identifier is this one where it is given.
json Find(const json& bundle, const std::string& type, const json& identifier = {}) {
  for (const auto& entry : bundle["entry"]) {
    const json& resource = entry["resource"];
    if (resource["resourceType"] == type &&
        (identifier.is_null() || resource["identifier"] == identifier))
      return resource;
  }
  return {};
}

json Category(const json& bundle) {
  for (const auto& entry : bundle["entry"]) {
    if (entry["resource"].contains("valueCodeableConcept")) return entry["resource"];
  }
  return {};
}

json FindComponent(const json& observation, const std::string& id) {
  for (const auto& component : observation["component"]) {
    if (component["id"] == id) return component;
  }
  return {};
}

TEST(FhirReader, MakesTheSameObservationFinal) {
  const json before = Category(MakeBundle({})), after = Category(MakeBundle(Reader()));
  EXPECT_EQ(before["status"], "preliminary");
  EXPECT_EQ(after["status"], "final");
  EXPECT_EQ(before["identifier"], after["identifier"]) << "an update of one observation";
  EXPECT_EQ(after["valueCodeableConcept"]["coding"][0]["code"], "129719003");
  EXPECT_EQ(after["issued"], "2026-11-28T15:04:05Z");
  EXPECT_EQ(FindComponent(after, "model-category")["valueCodeableConcept"],
            before["valueCodeableConcept"]);
  EXPECT_EQ(FindComponent(after, "probability-c"), FindComponent(before, "probability-c"));
}

TEST(FhirReader, StatusIsAmendedAfterFinalVersion) {
  ReaderCorrection reader = Reader();
  reader.amends = true;
  const json bundle = MakeBundle(reader);
  EXPECT_EQ(Category(bundle)["status"], "amended");
  EXPECT_EQ(Find(bundle, "DiagnosticReport")["status"], "amended");
}

TEST(FhirReader, LeavesThePercentOfTheModelPreliminary) {
  const json before = MakeBundle({}), category_only = MakeBundle(Reader());
  ReaderCorrection reader = Reader();
  reader.percent = 61;
  const json both = MakeBundle(reader);
  json percent;
  for (const auto& entry : before["entry"]) {
    const json& one = entry["resource"];
    if (one["resourceType"] == "Observation" &&
        one["code"]["text"].get<std::string>().ends_with("mean of the breasts"))
      percent = one;
  }
  ASSERT_FALSE(percent.is_null());
  const json same = Find(category_only, "Observation", percent["identifier"]);
  EXPECT_EQ(same["status"], "preliminary");
  EXPECT_EQ(same["valueQuantity"], percent["valueQuantity"]);
  const json changed = Find(both, "Observation", percent["identifier"]);
  EXPECT_EQ(changed["status"], "final");
  EXPECT_EQ(changed["valueQuantity"]["value"], 61);
  EXPECT_EQ(FindComponent(changed, "model-percent")["valueQuantity"], percent["valueQuantity"]);
  EXPECT_TRUE(FindComponent(changed, "below").is_null()) << "a distance from the model's percent";
  const double low = percent["valueQuantity"]["value"].get<double>() -
                     FindComponent(percent, "below")["valueQuantity"]["value"].get<double>();
  const json interval = FindComponent(changed, "model-interval")["valueRange"];
  EXPECT_EQ(PercentText(interval["low"]["value"].get<double>()), PercentText(low));
}

TEST(FhirReader, NamesPersonDeviceAndWhatIsReplaced) {
  const json bundle = MakeBundle(Reader());
  std::set<std::string> urls;
  std::map<std::string, std::string> types;
  for (const auto& entry : bundle["entry"]) {
    EXPECT_TRUE(urls.insert(entry["fullUrl"]).second);
    types[entry["fullUrl"]] = entry["resource"]["resourceType"];
  }
  EXPECT_EQ(Find(bundle, "Practitioner")["name"][0]["text"], "Jörg");
  const json provenance = Find(bundle, "Provenance");
  ASSERT_FALSE(provenance.is_null());
  EXPECT_EQ(types[provenance["agent"][0]["who"]["reference"]], "Practitioner");
  EXPECT_EQ(types[provenance["agent"][1]["who"]["reference"]], "Device");
  EXPECT_EQ(provenance["target"].size(), 2U) << "report and category, not the percent";
  EXPECT_EQ(provenance["entity"][0]["what"]["identifier"]["value"], "urn:oid:2.25.6");
  const json report = Find(bundle, "DiagnosticReport");
  EXPECT_EQ(report["status"], "final");
  EXPECT_EQ(report["conclusionCode"][0]["coding"][0]["code"], "129719003");
  EXPECT_EQ(types[report["resultsInterpreter"][0]["reference"]], "Practitioner");
  EXPECT_EQ(types[Category(bundle)["performer"][0]["reference"]], "Practitioner");
}

TEST(FhirReader, EachResultHasAnotherBundle) {
  ReaderCorrection other = Reader();
  other.comment = "x";
  std::set<json> identifiers = {MakeBundle({})["identifier"], MakeBundle(Reader())["identifier"],
                                MakeBundle(other)["identifier"]};
  EXPECT_EQ(identifiers.size(), 3U);
  EXPECT_NE(fhir::ReaderKey(Reader()), fhir::ReaderKey(other));
}

}  // namespace
}  // namespace mhcnn
