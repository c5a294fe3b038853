#pragma once

// An exam with figures, as writers of results take it.
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/image/tissue_label.h"
#include "mhcnn/results/exam_results.h"

namespace mhcnn::testing_support {

/// Makes an image of 300 x 200 pixels: a round breast at the chest wall, a dense spot, a muscle.
inline ExamImage MakeExamImage(Laterality side, View view, double percent) {
  ExamImage image;
  image.is_dicom = false;
  Result& r = image.result;
  r.metadata.laterality = side;
  r.metadata.view = view;
  r.metadata.path = std::string(LateralityName(side)) + ViewName(view) + ".png";
  r.metadata.row_spacing_mm = r.metadata.column_spacing_mm = 0.5;
  r.size = {200, 300};
  r.percent_density = percent;
  r.percent_low = percent / 2;
  r.percent_high = percent + 10;
  r.dense_area_cm2 = percent * 1.013;
  r.breast_area_cm2 = 101.3;
  r.category = percent < 20 ? DensityCategory::kB : DensityCategory::kC;
  r.probabilities =
      percent < 20 ? std::array{0.1, 0.6, 0.2, 0.1} : std::array{0.05, 0.2, 0.65, 0.1};
  r.model = "net 1.2, calibrated: site";
  image.picture.create(300, 200);
  image.labels.create(300, 200);
  const bool right = side == Laterality::kRight;
  for (int y = 0; y < 300; ++y) {
    for (int x = 0; x < 200; ++x) {
      const int depth = right ? 199 - x : x;  // from the chest wall
      const double away = (y - 150.0) * (y - 150.0) + depth * depth;
      const bool muscle = view == View::kMLO && y + 2 * depth < 80;
      const bool breast = away < 120 * 120 && !muscle, dense = away < 40 * 40;
      image.labels(y, x) = static_cast<uchar>(muscle   ? TissueLabel::kPectoral
                                              : dense  ? TissueLabel::kDense
                                              : breast ? TissueLabel::kBreast
                                                       : TissueLabel::kBackground);
      image.picture(y, x) = static_cast<ushort>(muscle ? 3500 : dense ? 3000 : breast ? 1500 : 10);
    }
  }
  return image;
}

/// Makes the result of an image of a patient, whose study and file are named after the patient.
inline Result MakePatientImage(const std::string& patient, Laterality side, View view,
                               double percent) {
  Result result = MakeExamImage(side, view, percent).result;
  result.metadata.patient_id = patient;
  result.metadata.study_uid = "1.2." + patient;
  result.metadata.study_date = "20240513";
  result.metadata.path = "in/" + patient + "/" + LateralityName(side) + ViewName(view) + ".dcm";
  return result;
}

/// Makes exams of different patients, each with an R CC and an L MLO.
inline std::vector<Result> MakeTwoViewExams(int count) {
  std::vector<Result> results;
  for (int i = 0; i < count; ++i) {
    const std::string patient = std::to_string(1000 + i);
    results.push_back(MakePatientImage(patient, Laterality::kRight, View::kCC, i % 90));
    results.push_back(MakePatientImage(patient, Laterality::kLeft, View::kMLO, i % 90 + 5.25));
  }
  return results;
}

/// Puts an exam together as a batch does, with headers made of the paths.
inline ExamResults MakeExam(std::vector<ExamImage> images) {
  std::vector<Result> results;
  for (auto& image : images) {
    image.header = MakeSourceHeader(image.result.metadata, image.result.metadata.path);
    image.header.metadata.study_uid = "1.2.3";
    if (!image.result.ok()) {
      image.picture.release();
      image.labels.release();
    }
    results.push_back(image.result);
  }
  auto studies = MakeStudies(results, StudyBy::kFolder);
  return MakeExamResults(studies.at(0), std::move(images), {"net", "1.2", "abc", "site", 0.9}, {});
}

inline std::vector<ExamImage> FourExamImages() {
  return {MakeExamImage(Laterality::kRight, View::kCC, 12.34),
          MakeExamImage(Laterality::kLeft, View::kCC, 23.45),
          MakeExamImage(Laterality::kRight, View::kMLO, 14.5),
          MakeExamImage(Laterality::kLeft, View::kMLO, 27.96)};
}

}  // namespace mhcnn::testing_support
