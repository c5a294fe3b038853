#include "mhcnn/results/fhir_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/results/dicom_object.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/page_text.h"
#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::MakeExamImage;

std::vector<json> Resources(const json& bundle, const std::string& type) {
  std::vector<json> found;
  for (const auto& entry : bundle["entry"]) {
    if (entry["resource"]["resourceType"] == type) found.push_back(entry["resource"]);
  }
  return found;
}

/// The percent of an image, a breast or the exam by the words of its code.
json FindPercent(const json& bundle, const std::string& of) {
  for (const auto& one : Resources(bundle, "Observation")) {
    if (one["code"]["text"].get<std::string>().ends_with(": " + of)) return one;
  }
  return {};
}

json FindComponent(const json& observation, const std::string& id) {
  if (observation.contains("component")) {
    for (const auto& component : observation["component"]) {
      if (component["id"] == id) return component;
    }
  }
  return {};
}

double Value(const json& part) { return part["valueQuantity"]["value"].get<double>(); }

TEST(FhirBundle, FiguresAreThoseOfThePageInTheSameDigits) {
  const ExamResults exam = MakeExam(FourExamImages());
  const json bundle = json::parse(MakeFhirBundle(exam, {}));
  const PageText page = MakePageText(exam);
  std::size_t compared = 0;
  for (const auto& row : page.rows) {
    const std::string of = row.kind == ScaleRow::Kind::kImage  ? "image " + row.label
                           : row.kind == ScaleRow::Kind::kExam ? "exam, mean of the breasts"
                                                               : row.label;
    const json one = FindPercent(bundle, of);
    ASSERT_FALSE(one.is_null()) << of;
    EXPECT_EQ(PercentText(Value(one)), row.percent_text);
    const double low = Value(one) - Value(FindComponent(one, "below"));
    const double high = Value(one) + Value(FindComponent(one, "above"));
    EXPECT_EQ(PercentText(low) + " to " + PercentText(high), row.interval_text);
    if (row.kind == ScaleRow::Kind::kExam) continue;
    EXPECT_EQ(AreaText(Value(FindComponent(one, "dense-area"))), row.dense_text);
    EXPECT_EQ(AreaText(Value(FindComponent(one, "breast-area"))), row.breast_text);
    const std::string words = FindComponent(one, "category")["valueCodeableConcept"]["text"];
    EXPECT_EQ(words.substr(8, 1), row.category_text);
    ++compared;
  }
  EXPECT_EQ(compared, 6U);
}

TEST(FhirBundle, EveryReferenceLeadsToAResourceAndNothingIsFinal) {
  const ExamResults exam = MakeExam(FourExamImages());
  const json bundle = json::parse(MakeFhirBundle(exam, {}));
  std::set<std::string> urls;
  for (const auto& entry : bundle["entry"]) {
    EXPECT_TRUE(urls.insert(entry["fullUrl"]).second);
    const std::string status = entry["resource"].value("status", "");
    EXPECT_TRUE(status.empty() || status == "preliminary" || status == "available") << status;
  }
  std::size_t references = 0;
  std::function<void(const json&)> walk = [&](const json& part) {
    if (part.is_object() && part.contains("reference")) {
      EXPECT_EQ(urls.count(part["reference"]), 1U) << part;
      ++references;
    }
    for (const auto& child : part) {
      if (child.is_structured()) walk(child);
    }
  };
  walk(bundle);
  EXPECT_GT(references, 20U);
  EXPECT_EQ(Resources(bundle, "Observation").size(), 8U);  // category, exam, 2 breasts, 4 images
  EXPECT_EQ(Resources(bundle, "DiagnosticReport").size(), 1U);
  EXPECT_TRUE(Resources(bundle, "Patient").empty());  // the files state no Patient ID
}

TEST(FhirBundle, IsTheSameEachTimeAndItsIdentifiersFollowTheInputs) {
  const auto text = [](std::vector<ExamImage> images) {
    return MakeFhirBundle(MakeExam(std::move(images)), {});
  };
  auto images = FourExamImages();
  const std::string first = text(images);
  EXPECT_EQ(first, text(images));
  images.pop_back();
  const json three = json::parse(text(images)), four = json::parse(first);
  EXPECT_NE(three["identifier"], four["identifier"]);
  EXPECT_NE(three["entry"][0]["fullUrl"], four["entry"][0]["fullUrl"]);
}

TEST(FhirBundle, WhatWasNotMeasuredHasAReasonAndNoValue) {
  auto refused = MakeExamImage(Laterality::kLeft, View::kCC, 20);
  const auto metadata = refused.result.metadata;
  refused.result = {};
  refused.result.metadata = metadata;
  refused.result.error = "corrupt: is damaged";
  auto plain = MakeExamImage(Laterality::kRight, View::kCC, 20);
  plain.result.category = std::nullopt;
  plain.result.percent_low = plain.result.percent_high = std::nullopt;
  const json bundle = json::parse(MakeFhirBundle(MakeExam({plain, refused}), {}));
  const json one = FindPercent(bundle, "image L CC");
  EXPECT_FALSE(one.contains("valueQuantity"));
  EXPECT_THAT(one["dataAbsentReason"]["text"].get<std::string>(),
              ::testing::HasSubstr("is damaged"));
  const json right = FindPercent(bundle, "image R CC");
  EXPECT_TRUE(FindComponent(right, "below").is_null());
  EXPECT_TRUE(FindComponent(right, "category").is_null());
  const json exam = FindPercent(bundle, "exam, mean of the breasts");
  EXPECT_EQ(exam["hasMember"].size(), 2U);  // the right breast, and the refused image
  for (const auto& each : Resources(bundle, "Observation")) {
    EXPECT_NE(each.contains("dataAbsentReason"),
              each.contains("valueQuantity") || each.contains("valueCodeableConcept"));
  }
}

TEST(FhirBundle, ListsTheObjectsAndCarriesThePage) {
  const ExamResults exam = MakeExam(FourExamImages());
  DicomObject object;
  object.sop_class = "1.2.840.10008.5.1.4.1.1.66.4";
  object.sop_uid = "2.25.7";
  object.series_uid = "2.25.8";
  const cv::Mat3b page(100, 80, cv::Vec3b(0, 0, 255));
  const json bundle = json::parse(MakeFhirBundle(exam, {object}, page));
  const json series = Resources(bundle, "ImagingStudy").at(0)["series"].back();
  EXPECT_EQ(series["uid"], "2.25.8");
  EXPECT_EQ(series["modality"]["code"], "SEG");
  EXPECT_EQ(series["instance"][0]["uid"], "2.25.7");
  const json form = Resources(bundle, "DiagnosticReport").at(0)["presentedForm"][0];
  EXPECT_EQ(form["contentType"], "image/png");
  EXPECT_TRUE(form["data"].get<std::string>().starts_with("iVBORw0KGgo"));  // PNG's first bytes
}

}  // namespace
}  // namespace mhcnn
