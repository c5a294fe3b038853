#include "mhcnn/results/cad_report.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/sr_tree.h"
#include "mhcnn/results/statements.h"

namespace mhcnn {
namespace {

constexpr const char *kContains = "CONTAINS", *kModifier = "HAS CONCEPT MOD",
                     *kAcquisition = "HAS ACQ CONTEXT", *kProperty = "HAS PROPERTIES",
                     *kInferred = "INFERRED FROM", *kSelected = "SELECTED FROM";

/// Returns the field of TID 4020 that an image does not have; "" if it has all.
std::string Lacks(const ExamImage& image) {
  const MammogramMetadata& metadata = image.result.metadata;
  if (BreastSideCode(metadata.laterality) == nullptr) return "side";
  if (!ToViewCode(metadata)) return "view";
  if (image.header.orientation.size() != 2 || image.header.orientation[0].empty() ||
      image.header.orientation[1].empty()) {
    return "Patient Orientation (0020,0020)";
  }
  return "";
}

/// An image of the report with its item in the image library.
struct CadImage {
  const ExamImage* image;
  const SrItem* in_library = nullptr;
  const SrItem* geometry = nullptr;
};

std::vector<CadImage> CadImages(const ExamResults& exam) {
  std::vector<CadImage> images;
  bool masks = false;
  for (const auto& image : exam.images) {
    const std::string lacks = Lacks(image);
    // A refused image of which nothing is known is named in words alone.
    if (!lacks.empty() && !image.result.ok()) continue;
    if (!lacks.empty()) {
      throw Error(ErrorCode::kUnsupported, "no CAD SR: " + image.Name() + " has no " + lacks +
                                               ", which its template requires");
    }
    masks = masks || !image.labels.empty();
    images.push_back({&image});
  }
  if (!masks) {
    throw Error(ErrorCode::kUnsupported,
                "no CAD SR: the model has no masks, and its template requires outlines");
  }
  return images;
}

void AddImageLibrary(SrItem& root, std::vector<CadImage>& images) {
  SrItem& library = root.Container(kContains, codes::kImageLibrary);
  for (auto& each : images) {
    const MammogramMetadata& metadata = each.image->header.metadata;
    SrItem& item = library.Image(kContains, std::nullopt, metadata.sop_class_uid, metadata.sop_uid);
    each.in_library = &item;
    item.CodeItem(kAcquisition, codes::kImageLaterality,
                  *BreastSideCode(each.image->result.metadata.laterality));
    SrItem& view =
        item.CodeItem(kAcquisition, codes::kImageView, *ToViewCode(each.image->result.metadata));
    for (const Code& modifier : ToViewModifierCodes(metadata))
      view.CodeItem(kModifier, codes::kImageViewModifier, modifier);
    item.Text(kAcquisition, codes::kOrientationRow, each.image->header.orientation[0]);
    item.Text(kAcquisition, codes::kOrientationColumn, each.image->header.orientation[1]);
    if (metadata.study_date.size() == 8)
      item.Date(kAcquisition, codes::kStudyDate, metadata.study_date);
    if (metadata.row_spacing_mm && metadata.column_spacing_mm) {
      item.Number(kAcquisition, codes::kHorizontalSpacing, DecimalText(*metadata.column_spacing_mm),
                  codes::kMillimeter);
      item.Number(kAcquisition, codes::kVerticalSpacing, DecimalText(*metadata.row_spacing_mm),
                  codes::kMillimeter);
    }
  }
}

std::string Impression(const ExamResults& exam) {
  std::string text;
  for (const auto& statement : ExamStatements(exam)) text += (text.empty() ? "" : " ") + statement;
  return text;
}

/// CID 6142 of one side: TID 4002 row 12.
void AddPercent(SrItem& summary, const std::optional<double>& percent, const Code& side) {
  if (!percent) return;
  SrItem& number =
      summary.Number(kProperty, codes::kBreastTissueDensity, PercentText(percent), codes::kPercent);
  number.CodeItem(kModifier, codes::kLaterality, side);
  number.CodeItem(kModifier, codes::kDerivation, codes::kTwoDimensionalMethod);
  number.Text(kInferred, codes::kCalculationDescription, kFormula);
}

/// TID 4006 with TID 4008: the outlines of an image, not meant to be shown.
void AddGeometry(SrItem& impression, const ExamResults& exam, CadImage& each) {
  SrItem& finding =
      impression.CodeItem(kContains, codes::kSingleImageFinding, codes::kBreastGeometry);
  each.geometry = &finding;
  finding.CodeItem(kModifier, codes::kRenderingIntent, codes::kNotForPresentation);
  AddAlgorithm(finding, kProperty, exam);
  const auto& labels = each.image->labels;
  finding.Polyline(kProperty, codes::kBreastOutline, TraceOutline(labels > 0))
      .Reference(kSelected, *each.in_library);
  auto pectoral = TraceOutline(SelectLabel(labels, TissueLabel::kPectoral));
  if (pectoral.empty()) return;
  finding.Polyline(kProperty, codes::kPectoralOutline, std::move(pectoral))
      .Reference(kSelected, *each.in_library);
}

/// TID 4006 with TID 4007: category and percent of an image, by way of its outline.
void AddComposition(SrItem& impression, const ExamResults& exam, const CadImage& each) {
  const Result& result = each.image->result;
  SrItem& finding =
      impression.CodeItem(kContains, codes::kSingleImageFinding, codes::kBreastComposition);
  finding.CodeItem(kModifier, codes::kRenderingIntent, codes::kPresentationOptional);
  AddAlgorithm(finding, kProperty, exam);
  if (result.category) {
    const double certainty = result.probabilities[static_cast<std::size_t>(*result.category)];
    finding.Number(kProperty, codes::kCertainty, ProbabilityToPercentText(certainty),
                   codes::kPercent);
    finding.CodeItem(kProperty, codes::kBreastComposition, CompositionCode(*result.category));
  }
  if (result.percent_density) {
    finding.Number(kProperty, codes::kPercentFibroglandular, PercentText(result.percent_density),
                   codes::kPercent);
  }
  finding.Reference(kInferred, *each.geometry);
}

/// TID 4001 with 4002 and 4003: what the exam came to.
void AddSummary(SrItem& root, const ExamResults& exam, std::vector<CadImage>& images) {
  const bool all =
      std::ranges::all_of(exam.images, [](const ExamImage& image) { return image.result.ok(); });
  SrItem& summary = root.CodeItem(kContains, codes::kCadSummary,
                                  all ? codes::kAllWithFindings : codes::kSomeWithFindings);
  summary.Text(kProperty, codes::kImpressionDescription, Impression(exam));
  AddAlgorithm(summary, kProperty, exam);
  const StudyResult& study = exam.exam;
  if (study.right) AddPercent(summary, study.right->percent_density, codes::kRightBreast);
  if (study.left) AddPercent(summary, study.left->percent_density, codes::kLeftBreast);
  if (study.left && study.right) AddPercent(summary, study.percent_density, codes::kBothBreasts);

  const auto impression = [&](const Code& intent) -> SrItem& {
    SrItem& container = summary.Container(kInferred, codes::kIndividualImpression);
    container.CodeItem(kModifier, codes::kRenderingIntent, intent);
    return container;
  };
  // Written in two containers: conditions of the template look at the siblings.
  SrItem& geometry = impression(codes::kNotForPresentation);
  for (auto& each : images) {
    if (!each.image->labels.empty()) AddGeometry(geometry, exam, each);
  }
  SrItem& composition = impression(codes::kPresentationOptional);
  for (const auto& each : images) {
    if (each.geometry != nullptr) AddComposition(composition, exam, each);
  }
}

/// TID 4016 with 4017 and 4018: which images the analysis was of.
void AddAnalyses(SrItem& root, const ExamResults& exam, const std::vector<CadImage>& images) {
  const auto of = [&](bool ok) {
    std::vector<const SrItem*> items;
    for (const auto& each : images) {
      if (each.image->result.ok() == ok) items.push_back(each.in_library);
    }
    return items;
  };
  const auto failed = of(false);
  SrItem& summary = root.CodeItem(kContains, codes::kSummaryOfAnalyses,
                                  failed.empty() ? codes::kSucceeded : codes::kPartiallySucceeded);
  const auto add = [&](const Code& container, const std::vector<const SrItem*>& items) {
    if (items.empty()) return;
    SrItem& analysis =
        summary.Container(kInferred, container)
            .CodeItem(kContains, codes::kAnalysisPerformed, codes::kCompositionAnalysis);
    AddAlgorithm(analysis, kProperty, exam);
    for (const SrItem* item : items) analysis.Reference(kProperty, *item);
  };
  add(codes::kSuccessfulAnalyses, of(true));
  add(codes::kFailedAnalyses, failed);
}

}  // namespace

std::vector<float> TraceOutline(const Mask& mask, double tolerance) {
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
  if (contours.empty()) return {};
  const auto largest = std::ranges::max_element(contours, {}, [](const auto& contour) {
    return std::pair(cv::contourArea(contour), contour.size());
  });
  std::vector<cv::Point> points;
  cv::approxPolyDP(*largest, points, tolerance, true);
  points.push_back(points.front());
  std::vector<float> outline;
  for (const cv::Point& point : points) {
    outline.push_back(static_cast<float>(point.x) + 0.5F);
    outline.push_back(static_cast<float>(point.y) + 0.5F);
  }
  return outline;
}

DicomObject MakeCadReport(const ExamResults& exam) {
  auto images = CadImages(exam);
  SrItem root;
  root.type = SrType::kContainer;
  root.name = codes::kCadReport;
  root.template_id = "4000";
  AddLanguage(root);
  AddImageLibrary(root, images);
  AddSummary(root, exam, images);
  root.CodeItem(kContains, codes::kSummaryOfDetections, codes::kNotAttempted);
  AddAnalyses(root, exam, images);
  std::vector<SrEvidence> evidence;
  for (const auto& each : images) {
    const MammogramMetadata& metadata = each.image->header.metadata;
    evidence.push_back(
        {metadata.study_uid, metadata.series_uid, metadata.sop_class_uid, metadata.sop_uid});
  }
  return MakeSrDocument(exam, kCadSeries, UID_MammographyCADSRStorage, root, evidence);
}

}  // namespace mhcnn
