#include "mhcnn/results/measurement_report.h"

#include <algorithm>

#include "mhcnn/results/number_text.h"
#include "mhcnn/results/segmentation.h"
#include "mhcnn/results/sr_tree.h"
#include "mhcnn/results/statements.h"

namespace mhcnn {
namespace {

constexpr const char *kContains = "CONTAINS", *kModifier = "HAS CONCEPT MOD",
                     *kObserver = "HAS OBS CONTEXT", *kAcquisition = "HAS ACQ CONTEXT",
                     *kProperty = "HAS PROPERTIES";

void AddObserver(SrItem& root, const ExamResults& exam) {
  root.CodeItem(kObserver, codes::kObserverType, codes::kDevice);
  root.Uid(kObserver, codes::kDeviceUid, DeviceUid(exam));
  root.Text(kObserver, codes::kDeviceName, exam.model.name + " " + exam.model.version);
  root.Text(kObserver, codes::kDeviceManufacturer, kObjectManufacturer);
  root.Text(kObserver, codes::kDeviceModel, kObjectModel);
  if (!exam.model.fingerprint.empty())
    root.Text(kObserver, codes::kDeviceSerial, exam.model.fingerprint);
}

void AddReader(SrItem& item, const ReaderCorrection& reader) {
  item.CodeItem(kObserver, codes::kObserverType, codes::kPerson);
  item.Person(kObserver, codes::kPersonName, PersonNameValue(reader.author));
}

Code ModalityCode(const MammogramMetadata& metadata) {
  if (metadata.modality == "MG") return codes::kModalityMg;
  if (metadata.modality == "CR") return codes::kModalityCr;
  if (metadata.modality == "DX") return codes::kModalityDx;
  return codes::kModalityOt;
}

/// TID 1600 to 1603: the images, a group for each modality.
void AddImageLibrary(SrItem& root, const ExamResults& exam) {
  SrItem& library = root.Container(kContains, codes::kImageLibrary, "1600");
  std::vector<Code> modalities;
  for (const auto& image : exam.images) {
    const Code modality = ModalityCode(image.header.metadata);
    if (std::ranges::count(modalities, modality) == 0) modalities.push_back(modality);
  }
  for (const Code& modality : modalities) {
    SrItem& group = library.Container(kContains, codes::kImageLibraryGroup, "1601");
    group.CodeItem(kAcquisition, codes::kModality, modality);
    group.CodeItem(kAcquisition, codes::kTargetRegion, codes::kBreast);
    for (const auto& image : exam.images) {
      const MammogramMetadata& metadata = image.header.metadata;
      if (!(ModalityCode(metadata) == modality)) continue;
      SrItem& item = group.Image(kContains, std::nullopt, metadata.sop_class_uid, metadata.sop_uid);
      if (const Code* side = SideCode(image.result.metadata.laterality))
        item.CodeItem(kAcquisition, codes::kImageLaterality, *side);
      if (const auto view = ToViewCode(image.result.metadata)) {
        SrItem& of_view = item.CodeItem(kAcquisition, codes::kImageView, *view);
        for (const Code& modifier : ToViewModifierCodes(metadata))
          of_view.CodeItem(kModifier, codes::kImageViewModifier, modifier);
      }
      const cv::Size size = image.result.size.area() > 0
                                ? image.result.size
                                : cv::Size(metadata.columns, metadata.rows);
      if (size.area() == 0) continue;
      item.Number(kAcquisition, codes::kPixelRows, std::to_string(size.height), codes::kPixels);
      item.Number(kAcquisition, codes::kPixelColumns, std::to_string(size.width), codes::kPixels);
      if (metadata.row_spacing_mm && metadata.column_spacing_mm) {
        item.Number(kAcquisition, codes::kHorizontalSpacing,
                    DecimalText(*metadata.column_spacing_mm), codes::kMillimeter);
        item.Number(kAcquisition, codes::kVerticalSpacing, DecimalText(*metadata.row_spacing_mm),
                    codes::kMillimeter);
      }
    }
  }
}

void AddTracking(SrItem& group, const std::string& id, const std::string& uid) {
  group.Text(kObserver, codes::kTrackingId, id);
  group.Uid(kObserver, codes::kTrackingUid, uid);
}

void AddSite(SrItem& group, const Code* side) {
  SrItem& site = group.CodeItem(kModifier, codes::kFindingSite, codes::kBreast);
  if (side != nullptr) site.CodeItem(kModifier, codes::kLaterality, *side);
}

/// Area of a segment in the digits of results.csv; the muscle's, which stands in no table, from its
/// pixels.
std::string SegmentArea(const ExamImage& image, int segment, std::size_t pixels) {
  const MammogramMetadata& metadata = image.result.metadata;
  if (segment == 1) return AreaText(image.result.breast_area_cm2);
  if (segment == 2) return AreaText(image.result.dense_area_cm2);
  if (!metadata.row_spacing_mm || !metadata.column_spacing_mm) return "";
  return AreaText(static_cast<double>(pixels) * *metadata.row_spacing_mm *
                  *metadata.column_spacing_mm / 100);
}

/// TID 1410: a segment that has pixels and an area. Without a spacing there is none to give:
/// readers stumble over a number without a value (highdicom 0.28).
void AddSegmentGroups(SrItem& measurements, const ExamResults& exam, const ExamImage& image,
                      const DicomObject& seg) {
  static constexpr std::array<Code, kSegments> findings = {codes::kBreast, codes::kParenchyma,
                                                           codes::kPectoralisMajor};
  const auto pixels = SegmentPixels(image.labels);
  for (int segment = 1; segment <= kSegments; ++segment) {
    const auto at = static_cast<std::size_t>(segment - 1);
    const std::string area = SegmentArea(image, segment, pixels[at]);
    if (pixels[at] == 0 || area.empty()) continue;
    SrItem& group = measurements.Container(kContains, codes::kMeasurementGroup, "1410");
    AddTracking(group, TrackingId(image, segment), TrackingUid(exam, image, segment));
    group.CodeItem(kContains, codes::kFinding, findings[at]);
    // The frame alone: with a segment number it would be of no IOD (dciodvfy).
    group.Image(kContains, codes::kSegmentationFrame, seg.sop_class, seg.sop_uid, segment);
    group.Image(kContains, codes::kSegmentationSource, image.header.metadata.sop_class_uid,
                image.header.metadata.sop_uid);
    AddSite(group, SideCode(image.result.metadata.laterality));
    group.Number(kContains, codes::kArea, area, codes::kSquareCentimeter);
  }
}

struct MeasurementValues {
  std::optional<double> percent, low, high;
  std::optional<DensityCategory> category;
  bool mean = false;
};

/// TID 1501: what was measured of an image, a breast or the exam.
void AddFigures(SrItem& measurements, const ExamResults& exam, const std::string& id,
                const Code* side, const MeasurementValues& figures,
                const std::vector<const ExamImage*>& sources) {
  if (!figures.percent && !figures.category) return;
  SrItem& group = measurements.Container(kContains, codes::kMeasurementGroup, "1501");
  AddTracking(group, id, ExamUid(exam, {"figures", id}));
  group.CodeItem(kContains, codes::kFinding, codes::kBreastComposition);
  AddSite(group, side);
  AddAlgorithm(group, kModifier, exam);
  if (figures.percent) {
    const std::string percent = PercentText(figures.percent);
    SrItem& number =
        group.Number(kContains, codes::kPercentFibroglandular, percent, codes::kPercent);
    if (figures.mean) number.CodeItem(kModifier, codes::kDerivation, codes::kMean);
    if (figures.low && figures.high) {
      number.Number(kProperty, codes::kLowerUncertainty,
                    PercentDifferenceText(PercentText(figures.low), percent), codes::kPercent);
      number.Number(kProperty, codes::kUpperUncertainty,
                    PercentDifferenceText(percent, PercentText(figures.high)), codes::kPercent);
    }
  }
  if (figures.category)
    group.CodeItem(kContains, codes::kBreastComposition, CompositionCode(*figures.category));
  for (const ExamImage* source : sources) {
    group.Image(kContains, codes::kSourceOfMeasurement, source->header.metadata.sop_class_uid,
                source->header.metadata.sop_uid);
  }
}

std::vector<const ExamImage*> ListImages(const ExamResults& exam, const BreastResult& breast) {
  std::vector<const ExamImage*> images;
  for (const auto& image : exam.images) {
    if (std::ranges::count(breast.paths, image.result.metadata.path) > 0) images.push_back(&image);
  }
  return images;
}

/// TID 1501: the reader's figures, without an algorithm.
void AddReaderFigures(SrItem& measurements, const ExamResults& exam,
                      const std::vector<const ExamImage*>& sources) {
  const ReaderCorrection& reader = *exam.options.reader;
  SrItem& group = measurements.Container(kContains, codes::kMeasurementGroup, "1501");
  const std::string id = "exam, by the reader";
  AddReader(group, reader);
  AddTracking(group, id, ExamUid(exam, {"figures", id}));
  group.CodeItem(kContains, codes::kFinding, codes::kBreastComposition);
  AddSite(group, SideCode(FindExamSide(exam.exam)));
  if (reader.percent)
    group.Number(kContains, codes::kPercentFibroglandular, PercentText(reader.percent),
                 codes::kPercent);
  group.CodeItem(kContains, codes::kBreastComposition, CompositionCode(reader.category));
  for (const ExamImage* source : sources) {
    group.Image(kContains, codes::kSourceOfMeasurement, source->header.metadata.sop_class_uid,
                source->header.metadata.sop_uid);
  }
}

void AddMeasurements(SrItem& root, const ExamResults& exam,
                     const std::vector<DicomObject>& segments) {
  SrItem& measurements = root.Container(kContains, codes::kMeasurements);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!segments[i].sop_uid.empty())
      AddSegmentGroups(measurements, exam, exam.images[i], segments[i]);
  }
  for (const auto& image : exam.images) {
    const Result& r = image.result;
    if (!r.ok()) continue;
    AddFigures(measurements, exam, "image " + image.Name(), SideCode(r.metadata.laterality),
               {r.percent_density, r.percent_low, r.percent_high, r.category}, {&image});
  }
  std::vector<const ExamImage*> all;
  const StudyResult& study = exam.exam;
  for (const auto& [id, side, breast] :
       {std::tuple{"breast R", &codes::kRight, &study.right},
        std::tuple{"breast L", &codes::kLeft, &study.left},
        std::tuple{"breast of unknown side", static_cast<const Code*>(nullptr),
                   &study.unknown_side}}) {
    if (!*breast) continue;
    const BreastResult& b = **breast;
    const auto sources = ListImages(exam, b);
    all.insert(all.end(), sources.begin(), sources.end());
    AddFigures(measurements, exam, id, side,
               {b.percent_density, b.percent_low, b.percent_high, b.category, true}, sources);
  }
  AddFigures(measurements, exam, "exam", SideCode(FindExamSide(study)),
             {study.percent_density, study.percent_low, study.percent_high, study.category, true},
             all);
  if (exam.options.reader) AddReaderFigures(measurements, exam, all);
}

void AddEvaluations(SrItem& root, const ExamResults& exam) {
  SrItem& evaluations = root.Container(kContains, codes::kQualitativeEvaluations);
  const auto& reader = exam.options.reader;
  if (reader || exam.exam.category) {
    SrItem& category =
        evaluations.CodeItem(kContains, codes::kBreastComposition,
                             CompositionCode(reader ? reader->category : *exam.exam.category));
    if (const Code* side = SideCode(FindExamSide(exam.exam)))
      category.CodeItem(kModifier, codes::kLaterality, *side);
  }
  if (!reader) {
    for (const auto& statement : ExamStatements(exam))
      evaluations.Text(kContains, codes::kComment, statement);
    return;
  }
  for (const auto& statement :
       ReaderStatements(*reader, exam.exam.category, exam.exam.percent_density))
    evaluations.Words(kContains, codes::kComment, statement);
  evaluations.Text(kContains, codes::kComment,
                   "The following results come from the model, not from the reader.");
  auto statements = ExamStatements(exam);
  statements.back() = kResearchOnlyReviewed;
  for (const auto& statement : statements) evaluations.Text(kContains, codes::kComment, statement);
}

}  // namespace

DicomObject MakeMeasurementReport(const ExamResults& exam,
                                  const std::vector<DicomObject>& segments) {
  SrItem root;
  root.type = SrType::kContainer;
  root.name = codes::kMeasurementReport;
  root.template_id = "1500";
  AddLanguage(root);
  AddObserver(root, exam);
  if (exam.options.reader) AddReader(root, *exam.options.reader);
  root.CodeItem(kModifier, codes::kProcedureReported, codes::kImagingProcedure);
  AddImageLibrary(root, exam);
  AddMeasurements(root, exam, segments);
  AddEvaluations(root, exam);
  auto evidence = ListImageEvidence(exam);
  for (const auto& seg : segments) {
    if (seg.sop_uid.empty()) continue;
    evidence.push_back(
        {exam.header().metadata.study_uid, seg.series_uid, seg.sop_class, seg.sop_uid});
  }
  return MakeSrDocument(
      exam, kSrSeries,
      exam.options.sr_comprehensive_3d ? UID_Comprehensive3DSRStorage : UID_ComprehensiveSRStorage,
      root, evidence);
}

}  // namespace mhcnn
