#include "mhcnn/results/result_objects.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "mhcnn/base/error.h"
#include "mhcnn/results/cad_report.h"
#include "mhcnn/results/fhir_bundle.h"
#include "mhcnn/results/measurement_report.h"
#include "mhcnn/results/secondary_capture.h"
#include "mhcnn/results/segmentation.h"
#include "mhcnn/results/source_capture.h"
#include "mhcnn/results/summary_page.h"

namespace mhcnn {

bool NeedsLabels(const std::set<ResultFormat>& formats) { return HasObjects(formats); }

bool IsObjectName(const std::string& name) {
  static const std::set<std::string> names = {"sr.dcm", "cad.dcm", "sc.dcm", "fhir.json"};
  return names.count(name) > 0 ||
         ((name.starts_with("seg-") || name.starts_with("source-")) && name.ends_with(".dcm"));
}

bool NeedsPictures(const std::set<ResultFormat>& formats) {
  return formats.count(ResultFormat::kSc) > 0;
}

namespace {

/// "seg-R-MLO.dcm"
std::string ImageFileName(const char* kind, const ExamImage& image) {
  std::string name = std::string(kind) + "-" + image.Name();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '-';
  }
  return name + ".dcm";
}

/// Adds the object as a file; what is left of it is what others refer to it by.
DicomObject AddFile(const std::filesystem::path& name, DicomObject object, ExamObjects& objects) {
  objects.files.push_back({name, std::move(object.bytes)});
  object.bytes.clear();
  return object;
}

/// Makes the SEG object of each image; empty for an image without masks.
std::vector<DicomObject> AddSegmentations(const ExamResults& exam, ExamObjects& objects) {
  std::vector<DicomObject> segments(exam.images.size());
  for (std::size_t i = 0; i < exam.images.size(); ++i) {
    const ExamImage& image = exam.images[i];
    if (image.labels.empty()) continue;
    segments[i] = AddFile(ImageFileName("seg", image), MakeSegmentation(exam, image), objects);
  }
  return segments;
}

void AddSources(const ExamResults& exam, ExamObjects& objects) {
  for (const auto& image : exam.images) {
    if (image.is_dicom || image.picture.empty()) continue;
    AddFile(ImageFileName("source", image), MakeSourceCapture(exam, image), objects);
  }
}

}  // namespace

ExamObjects MakeObjects(const ExamResults& exam, const std::set<ResultFormat>& formats) {
  ExamObjects objects;
  const auto wanted = [&](ResultFormat format) { return formats.count(format) > 0; };
  if (HasObjects(formats)) AddSources(exam, objects);
  std::vector<DicomObject> segments, made;  // what the FHIR bundle lists
  if (wanted(ResultFormat::kSeg)) {
    segments = AddSegmentations(exam, objects);
    std::ranges::copy_if(segments, std::back_inserter(made),
                         [](const DicomObject& segment) { return !segment.sop_uid.empty(); });
  }
  if (wanted(ResultFormat::kSr))
    made.push_back(AddFile("sr.dcm", MakeMeasurementReport(exam, segments), objects));
  if (wanted(ResultFormat::kCad)) {
    try {
      made.push_back(AddFile("cad.dcm", MakeCadReport(exam), objects));
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kUnsupported) throw;
      objects.left_out.push_back(e.problem());
    }
  }
  cv::Mat3b page;
  if (wanted(ResultFormat::kSc)) {
    page = DrawSummaryPage(exam, MakePageText(exam));
    made.push_back(AddFile("sc.dcm", MakeSecondaryCapture(exam, page), objects));
  }
  if (wanted(ResultFormat::kFhir)) {
    const std::string bundle = MakeFhirBundle(exam, made, page);
    objects.files.push_back({"fhir.json", {bundle.begin(), bundle.end()}});
  }
  return objects;
}

}  // namespace mhcnn
