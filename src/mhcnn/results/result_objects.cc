#include "mhcnn/results/result_objects.h"

#include <cctype>

#include "mhcnn/base/error.h"
#include "mhcnn/results/cad_report.h"
#include "mhcnn/results/measurement_report.h"
#include "mhcnn/results/segmentation.h"
#include "mhcnn/results/source_capture.h"

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

std::vector<DicomObject> AddSegmentations(const ExamResults& exam, ExamObjects& objects) {
  std::vector<DicomObject> segments(exam.images.size());
  for (std::size_t i = 0; i < exam.images.size(); ++i) {
    const ExamImage& image = exam.images[i];
    if (image.labels.empty()) continue;
    segments[i] = MakeSegmentation(exam, image);
    objects.files.push_back({ImageFileName("seg", image), std::move(segments[i].bytes)});
    segments[i].bytes.clear();
  }
  return segments;
}

}  // namespace

ExamObjects MakeObjects(const ExamResults& exam, const std::set<ResultFormat>& formats) {
  ExamObjects objects;
  const auto wanted = [&](ResultFormat format) { return formats.count(format) > 0; };
  if (HasObjects(formats)) {
    for (const auto& image : exam.images) {
      if (image.is_dicom || image.picture.empty()) continue;
      objects.files.push_back(
          {ImageFileName("source", image), MakeSourceCapture(exam, image).bytes});
    }
  }
  std::vector<DicomObject> segments;
  if (wanted(ResultFormat::kSeg)) segments = AddSegmentations(exam, objects);
  if (wanted(ResultFormat::kSr))
    objects.files.push_back({"sr.dcm", MakeMeasurementReport(exam, segments).bytes});
  if (wanted(ResultFormat::kCad)) {
    try {
      objects.files.push_back({"cad.dcm", MakeCadReport(exam).bytes});
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kUnsupported) throw;
      objects.left_out.push_back(e.problem());
    }
  }
  return objects;
}

}  // namespace mhcnn
