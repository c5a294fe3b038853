#include "mhcnn/results/fhir_elements.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "mhcnn/testing/error_message.h"

namespace mhcnn::fhir {
namespace {

using testing_support::ErrorMessage;

Json Parsed(const char* text) { return Json::parse(text); }

TEST(FhirElements, CodingHasTheUriOfItsScheme) {
  EXPECT_EQ(Coding(codes::kBreastComposition),
            Parsed(R"({"system": "http://snomed.info/sct", "code": "129715009"})"));
  EXPECT_EQ(Coding(codes::kPercent),
            Parsed(R"({"system": "http://unitsofmeasure.org", "code": "%"})"));
  EXPECT_EQ(Coding(codes::kDiagnosticImagingReport),
            Parsed(R"({"system": "http://loinc.org", "code": "18748-4"})"));
  EXPECT_EQ(Coding(codes::kPercentFibroglandular),
            Parsed(R"({"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "111046",
                       "display": "Percent Fibroglandular Tissue"})"));
}

TEST(FhirElements, RefusesCodingSchemeWithoutUri) {
  EXPECT_NE(ErrorMessage([] { Coding(codes::kQualitativeEvaluations); }, ErrorCode::kInternal)
                .find("UMLS"),
            std::string::npos);
}

TEST(FhirElements, ConceptHasCodingAndWords) {
  EXPECT_EQ(Concept(codes::kMammography, "mammography"),
            Parsed(R"({"coding": [{"system": "http://snomed.info/sct", "code": "71651007"}],
                       "text": "mammography"})"));
  EXPECT_EQ(Concept("http://example.org", "a", "b"),
            Parsed(R"({"coding": [{"system": "http://example.org", "code": "a",
                                   "display": "b"}]})"));
}

TEST(FhirElements, CategoryHasItsCompositionCodeAndWords) {
  EXPECT_EQ(CategoryConcept(DensityCategory::kC),
            Parsed(R"({"coding": [{"system": "http://snomed.info/sct", "code": "129718006"}],
                       "text": "BI-RADS c: heterogeneously dense"})"));
  const Json composition = CompositionConcept("composition");
  ASSERT_EQ(composition.at("coding").size(), 2U);
  EXPECT_EQ(composition.at("coding")[0].at("code"), "129715009");
  EXPECT_EQ(composition.at("coding")[1].at("code"), "RDE1587");
}

TEST(FhirElements, QuantityIsTheNumberOfThePrintedDigits) {
  EXPECT_EQ(Quantity("23.4", codes::kPercent),
            Parsed(R"({"value": 23.4, "unit": "%", "system": "http://unitsofmeasure.org",
                       "code": "%"})"));
  EXPECT_EQ(Quantity("101.50", codes::kSquareCentimeter).at("value"), 101.5);
}

TEST(FhirElements, ComponentHasItsValueUnderTheField) {
  EXPECT_EQ(Component("below", Parsed(R"({"text": "t"})"), Quantity("4.1", codes::kPercent),
                      "valueQuantity"),
            Parsed(R"({"id": "below", "code": {"text": "t"}, "valueQuantity": {"value": 4.1,
                       "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}})"));
}

TEST(FhirElements, ReferenceHasDisplayOnlyWhereGiven) {
  EXPECT_EQ(Reference("urn:uuid:1"), Parsed(R"({"reference": "urn:uuid:1"})"));
  EXPECT_EQ(Reference("urn:uuid:1", "R CC"),
            Parsed(R"({"reference": "urn:uuid:1", "display": "R CC"})"));
}

TEST(FhirElements, UidIsAnOid) {
  EXPECT_EQ(UidIdentifier("1.2.3"),
            Parsed(R"({"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"})"));
}

TEST(FhirElements, DateHasHyphens) {
  EXPECT_EQ(Date("20250131"), "2025-01-31");
  EXPECT_EQ(Date("19991201"), "1999-12-01");
  EXPECT_EQ(Date("20240229"), "2024-02-29");
  for (const char* wrong : {"", "2025", "2025-01-31", "20251301", "20250132", "20250100",
                            "20250013", "2025013a", "202501311", "20250231", "20250431"}) {
    EXPECT_EQ(Date(wrong), "") << wrong;
  }
}

TEST(FhirElements, UuidIsOfVersionEightAndFollowsFromTheTexts) {
  std::set<std::string> urls;
  for (int i = 0; i < 50; ++i) {
    const std::string url = UuidUrl({"part", std::to_string(i)});
    // RFC 9562: version 8, variant 10.
    EXPECT_TRUE(std::regex_match(
        url, std::regex("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                        "[0-9a-f]{12}")))
        << url;
    EXPECT_EQ(url, UuidUrl({"part", std::to_string(i)}));
    urls.insert(url);
  }
  EXPECT_EQ(urls.size(), 50U);
  EXPECT_NE(UuidUrl({"ab", "c"}), UuidUrl({"a", "bc"}));
}

}  // namespace
}  // namespace mhcnn::fhir
