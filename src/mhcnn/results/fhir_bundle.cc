#include "mhcnn/results/fhir_bundle.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/html.h"
#include "mhcnn/base/version.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/png_file.h"
#include "mhcnn/results/dicom_object.h"
#include "mhcnn/results/fhir_elements.h"
#include "mhcnn/results/fhir_reader.h"
#include "mhcnn/results/flag_texts.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/page_text.h"
#include "mhcnn/results/statements.h"

namespace mhcnn {
namespace {

using namespace fhir;

constexpr const char* kComposition = "BI-RADS 5th edition density category";

class Bundle {
 public:
  Bundle(const ExamResults& exam, const std::vector<DicomObject>& objects, const cv::Mat3b& page)
      : exam_(exam),
        objects_(objects),
        page_(page),
        reader_(exam.options.reader ? &*exam.options.reader : nullptr),
        words_(MakePageText(exam)) {
    for (const auto& object : objects) identity_.push_back(object.sop_uid);
    if (reader_ != nullptr) identity_.push_back(ReaderKey(*reader_));
    identity_ = {ExamUid(exam, identity_)};
    date_ = Date(exam.header().metadata.study_date);
  }

  std::string Text() {
    patient_ = AddPatient();
    device_ = AddDevice();
    if (reader_ != nullptr) person_ = Add("reader", MakePractitioner(*reader_));
    study_ = AddStudy();
    const std::string category = AddCategory();
    const std::string percent = AddPercentDensities();
    const std::string report = AddReport(category, percent);
    if (reader_ != nullptr) AddProvenance(category, percent, report);
    Json bundle = {{"resourceType", "Bundle"},
                   {"identifier", UidIdentifier(ExamUid(exam_, {"fhir bundle", identity_[0]}))},
                   {"type", "collection"}};
    bundle["entry"] = std::move(entries_);
    return bundle.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  std::string Url(const std::string& name) const { return UuidUrl({identity_[0], name}); }

  std::string Add(const std::string& name, Json resource) {
    std::string url = Url(name);
    entries_.push_back(Json{{"fullUrl", url}, {"resource", std::move(resource)}});
    return url;
  }

  /// "" where the files state no Patient ID.
  std::string AddPatient() {
    const std::string& id = exam_.header().metadata.patient_id;
    if (id.empty()) return "";
    return Add("patient",
               {{"resourceType", "Patient"}, {"identifier", Json::array({Json{{"value", id}}})}});
  }

  std::string AddDevice() {
    const auto& model = exam_.model;
    Json device = {{"resourceType", "Device"},
                   {"identifier", Json::array({UidIdentifier(DeviceUid(exam_))})},
                   {"manufacturer", "MH-CNN project"}};
    device["deviceName"] = Json::array({Json{{"name", model.name}, {"type", "model-name"}}});
    device["version"] =
        Json::array({Json{{"type", Concept(codes::kAlgorithmVersion, "version of the model")},
                          {"value", model.version}},
                     Json{{"type", {{"text", "version of the program"}}}, {"value", Version()}}});
    device["property"] = Json::array(
        {Json{{"type", Concept(codes::kAlgorithmFamily, "kind of algorithm")},
              {"valueCode", Json::array({Concept(codes::kArtificialIntelligence, "network")})}}});
    device["note"] = Json::array({Json{{"text", words_.notice}}});
    return Add("device", std::move(device));
  }

  static Json Instance(const std::string& uid, const std::string& sop_class,
                       const std::string& title) {
    Json instance = {
        {"uid", uid},
        {"sopClass", {{"system", "urn:ietf:rfc:3986"}, {"code", "urn:oid:" + sop_class}}}};
    if (!title.empty()) instance["title"] = title;
    return instance;
  }

  static Json& ListSeries(Json& series, const std::string& uid, const std::string& modality) {
    for (auto& one : series) {
      if (one["uid"] == uid) return one;
    }
    series.push_back(Json{{"uid", uid},
                          {"modality", {{"system", kDicomSystem}, {"code", modality}}},
                          {"instance", Json::array()}});
    return series.back();
  }

  std::string FindModality(const DicomObject& object) const {
    if (object.sop_class == UID_SegmentationStorage) return "SEG";
    if (object.sop_class == UID_SecondaryCaptureImageStorage)
      return exam_.options.sc_modality_mg ? "MG" : "OT";
    return "SR";
  }

  std::string AddStudy() {
    Json study = {{"resourceType", "ImagingStudy"},
                  {"identifier", Json::array({UidIdentifier(exam_.header().metadata.study_uid)})},
                  {"status", "available"}};
    PutSubject(study);
    if (!date_.empty()) study["started"] = date_;
    study["procedureCode"] = Json::array({Concept(codes::kMammography, "Mammography")});
    Json series = Json::array();
    for (const auto& image : exam_.images) {
      const auto& metadata = image.header.metadata;
      ListSeries(series, metadata.series_uid,
                 metadata.modality.empty() ? "OT" : metadata.modality)["instance"]
          .push_back(Instance(metadata.sop_uid, metadata.sop_class_uid, image.Name()));
    }
    for (const auto& object : objects_) {
      ListSeries(series, object.series_uid, FindModality(object))["instance"].push_back(
          Instance(object.sop_uid, object.sop_class, ""));
    }
    study["series"] = std::move(series);
    return Add("study", std::move(study));
  }

  void PutSubject(Json& resource) const {
    if (!patient_.empty()) resource["subject"] = Reference(patient_);
  }

  /// Returns the fields that each observation has; `side` may be null if it is not known.
  Json Observation(const std::string& name, Json code, const Code* side) const {
    Json one = {{"resourceType", "Observation"},
                {"identifier", Json::array({UidIdentifier(ExamUid(exam_, {"fhir", name}))})},
                {"status", "preliminary"}};
    one["category"] = Json::array({Concept(
        "http://terminology.hl7.org/CodeSystem/observation-category", "imaging", "Imaging")});
    one["code"] = std::move(code);
    PutSubject(one);
    if (!date_.empty()) one["effectiveDateTime"] = date_;
    if (side != nullptr) one["bodySite"] = Concept(*side, side->meaning);
    one["method"] = Concept(codes::kArtificialIntelligence, "Network that outlines the tissue");
    one["device"] = Reference(device_);
    one["derivedFrom"] = Json::array({Reference(study_)});
    return one;
  }

  static void AddProbabilities(const std::array<double, 4>& probabilities, Json& components) {
    static constexpr std::array ids = {"probability-a", "probability-b", "probability-c",
                                       "probability-d"};
    for (std::size_t i = 0; i < 4; ++i) {
      components.push_back(Component(
          ids[i],
          Concept(codes::kCertainty, "probability of category " +
                                         ToLetter(CategoryFromIndex(static_cast<std::int64_t>(i)))),
          Quantity(ProbabilityToPercentText(probabilities[i]), codes::kPercent), "valueQuantity"));
    }
  }

  std::string AddCategory() {
    const StudyResult& study = exam_.exam;
    Json one = Observation("category", CompositionConcept(kComposition),
                           BreastSideCode(FindExamSide(study)));
    if (study.category) {
      one["valueCodeableConcept"] = CategoryConcept(*study.category);
      one["interpretation"] = Json::array({Json{{"text", words_.density}}});
      one["note"] = Json::array({Json{{"text", words_.category_basis}}});
      if (words_.category_basis.empty()) one.erase("note");
      Json components = Json::array();
      AddProbabilities(study.probabilities, components);
      one["component"] = std::move(components);
    } else {
      one["dataAbsentReason"] = Absent("the model gives no category");
    }
    if (reader_ != nullptr) SetReaderCategory(one, *reader_, person_, study.category);
    return Add("category", std::move(one));
  }

  static Json Absent(const std::string& why) {
    Json reason =
        Concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "error", "Error");
    reason["text"] = why;
    return reason;
  }

  /// The percent with its interval, and what else belongs to an image, a breast or the exam.
  template <typename Figures>
  Json Percent(const std::string& name, const std::string& of, const Code* side,
               const Figures& figures, bool with_category) const {
    Json one = Observation(name,
                           Concept(codes::kPercentFibroglandular,
                                   "Percent density by area, without pectoral muscle: " + of),
                           side);
    const std::string percent = PercentText(figures.percent_density);
    if (percent.empty()) {
      one["dataAbsentReason"] = Absent("not measured");
    } else {
      one["valueQuantity"] = Quantity(percent, codes::kPercent);
    }
    Json components = Json::array();
    const std::string low = PercentText(figures.percent_low),
                      high = PercentText(figures.percent_high);
    if (!percent.empty() && !low.empty() && !high.empty()) {
      const std::string coverage =
          exam_.model.coverage > 0
              ? fmt::format(" of the {:.0f} % interval", 100 * exam_.model.coverage)
              : " of the interval";
      components.push_back(Component(
          "below", Concept(codes::kLowerUncertainty, "distance to the lower end" + coverage),
          Quantity(PercentDifferenceText(low, percent), codes::kPercent), "valueQuantity"));
      components.push_back(Component(
          "above", Concept(codes::kUpperUncertainty, "distance to the upper end" + coverage),
          Quantity(PercentDifferenceText(percent, high), codes::kPercent), "valueQuantity"));
    }
    if constexpr (requires { figures.dense_area_cm2; }) {
      for (const auto& [id, words, area] :
           {std::tuple{"dense-area", "area of dense tissue", figures.dense_area_cm2},
            {"breast-area", "area of the breast without pectoral muscle",
             figures.breast_area_cm2}}) {
        if (!area) continue;
        components.push_back(Component(id, Concept(codes::kArea, words),
                                       Quantity(AreaText(area), codes::kSquareCentimeter),
                                       "valueQuantity"));
      }
    }
    if (with_category && figures.category) {
      components.push_back(Component("category", CompositionConcept(kComposition),
                                     CategoryConcept(*figures.category), "valueCodeableConcept"));
      AddProbabilities(figures.probabilities, components);
    }
    if (!components.empty()) one["component"] = std::move(components);
    return one;
  }

  std::string AddImage(const ExamImage& image) {
    const Result& result = image.result;
    const std::string name = "image " + image.header.metadata.sop_uid;
    Json one = Percent(name, "image " + image.Name(), BreastSideCode(result.metadata.laterality),
                       result, true);
    if (result.category_range)
      one["component"].push_back(Json{
          {"id", "category-range"},
          {"code",
           {{"text", "categories that contain the reader's category with the stated coverage"}}},
          {"valueString", ToText(*result.category_range)}});
    // The image itself: in R4 a Media resource, known by its SOP Instance UID.
    one["derivedFrom"].push_back(Json{{"type", "Media"},
                                      {"identifier", UidIdentifier(image.header.metadata.sop_uid)},
                                      {"display", image.Name()}});
    Json notes = Json::array();
    if (!result.ok()) {
      one["dataAbsentReason"] = Absent("not measured: " + result.error);
    }
    for (const auto& flag : result.flags) notes.push_back(Json{{"text", FlagSentence(flag)}});
    if (!notes.empty()) one["note"] = std::move(notes);
    return Add(name, std::move(one));
  }

  /// Returns the exam's observation, whose members are the breasts, whose members are the images.
  std::string AddPercentDensities() {
    const StudyResult& study = exam_.exam;
    Json breasts = Json::array(), loose = Json::array();
    for (const auto& [name, side, breast] :
         {std::tuple{"Right breast", Laterality::kRight, &study.right},
          {"Left breast", Laterality::kLeft, &study.left},
          {"Breast of unknown side", Laterality::kUnknown, &study.unknown_side}}) {
      Json images = Json::array();
      for (const auto& image : exam_.images) {
        if (image.result.metadata.laterality == side)
          images.push_back(Reference(AddImage(image), image.Name()));
      }
      if (!*breast) {
        for (auto& image : images) loose.push_back(std::move(image));
        continue;
      }
      Json one = Percent(name, name, BreastSideCode(side), **breast, true);
      one["hasMember"] = std::move(images);
      breasts.push_back(Reference(Add(name, std::move(one)), name));
    }
    Json one = Percent("percent", "exam, mean of the breasts", BreastSideCode(FindExamSide(study)),
                       study, false);
    for (auto& image : loose) breasts.push_back(std::move(image));
    if (!breasts.empty()) one["hasMember"] = std::move(breasts);
    Json notes = Json::array();
    for (const auto& remark : words_.remarks) notes.push_back(Json{{"text", remark}});
    if (!notes.empty()) one["note"] = std::move(notes);
    if (reader_ != nullptr) SetReaderPercent(one, *reader_, person_, study);
    return Add("percent", std::move(one));
  }

  std::string Conclusion() const {
    std::string text;
    if (reader_ != nullptr) {
      for (const auto& statement :
           ReaderStatements(*reader_, exam_.exam.category, exam_.exam.percent_density))
        text += statement + " ";
      for (const auto& remark : words_.remarks) text += remark + " ";
      return text + words_.notice;
    }
    if (!words_.category.empty())
      text += fmt::format("BI-RADS 5th edition density category {} ({}): {}. ", words_.category,
                          words_.category_words, words_.density);
    if (!words_.percent.empty()) {
      text += "Percent density of the exam " + words_.percent + " %";
      if (!words_.interval.empty()) text += ", " + words_.interval;
      text += ". ";
    }
    for (const auto& remark : words_.remarks) text += remark + " ";
    return text + words_.notice;
  }

  std::string AddReport(const std::string& category, const std::string& percent) {
    Json code = Concept(codes::kMeasurementReport, "Breast density (research use only)");
    code["coding"].push_back(Coding(codes::kDiagnosticImagingReport));
    Json report = {{"resourceType", "DiagnosticReport"},
                   {"identifier", Json::array({UidIdentifier(ExamUid(exam_, {"fhir report"}))})},
                   {"status", "preliminary"}};
    report["category"] =
        Json::array({Concept("http://terminology.hl7.org/CodeSystem/v2-0074", "RAD", "Radiology")});
    report["code"] = std::move(code);
    PutSubject(report);
    if (!date_.empty()) report["effectiveDateTime"] = date_;
    report["result"] = Json::array({Reference(category), Reference(percent)});
    report["imagingStudy"] = Json::array({Reference(study_)});
    report["conclusion"] = Conclusion();
    if (exam_.exam.category)
      report["conclusionCode"] = Json::array({CategoryConcept(*exam_.exam.category)});
    if (!page_.empty()) {
      cv::Mat3b small;
      cv::resize(page_, small, page_.size() / 2, 0, 0, cv::INTER_AREA);
      report["presentedForm"] = Json::array({Json{{"contentType", "image/png"},
                                                  {"data", Base64(EncodePngFile(small))},
                                                  {"title", words_.title}}});
    }
    if (reader_ != nullptr) SetReaderReport(report, *reader_, person_);
    return Add("report", std::move(report));
  }

  /// Who made of the model's result what this bundle has.
  void AddProvenance(const std::string& category, const std::string& percent,
                     const std::string& report) {
    std::vector<std::string> targets = {report, category}, replaced;
    if (reader_->percent) targets.push_back(percent);
    for (const auto& earlier : exam_.options.read) replaced.push_back(earlier.sop_uid);
    Add("provenance", MakeProvenance(*reader_, targets, person_, device_, replaced));
  }

  const ExamResults& exam_;
  const std::vector<DicomObject>& objects_;
  const cv::Mat3b& page_;
  const ReaderCorrection* reader_;  ///< null before a reader has seen the exam
  PageText words_;
  std::vector<std::string> identity_;
  std::string date_, patient_, device_, person_, study_;
  Json entries_ = Json::array();
};

}  // namespace

std::string MakeFhirBundle(const ExamResults& exam, const std::vector<DicomObject>& objects,
                           const cv::Mat3b& page) {
  return Bundle(exam, objects, page).Text();
}

}  // namespace mhcnn
