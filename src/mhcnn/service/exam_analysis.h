#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/jobs/work_queue.h"
#include "mhcnn/results/result_formats.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"

namespace mhcnn {

/// Kind of the results that the pages of the node show. They are sent nowhere.
inline constexpr const char* kViewKind = "view";
/// Name of the file with the content of a page of the exam (ExamView).
inline constexpr const char* kExamViewFile = "exam.json";

/// Options of a worker's analysis of exams.
struct ExamAnalysisOptions {
  std::set<ResultFormat> formats;     ///< objects of each exam
  std::vector<std::string> settings;  ///< settings of the measurement (ToObjectSettings)
  int threads = 1;                    ///< number of images measured at once
  /// Number of tries of an exam with an image that cannot be read (the disk, not its content); the
  /// last one measures the others.
  int attempts = 3;
  std::string organization;                     ///< organization of the readers who correct results
  std::vector<DestinationConfig> destinations;  ///< destinations of the configuration

  /// Throws Error(kUsage) that names the field which is below its smallest value.
  void Check() const;
};

/// Result of the analysis of an exam.
struct ExamAnalysis {
  /// JSON: the exam as in results.json, its `images`, and `priors`, earlier exams of the patient.
  std::string summary;
  bool incomplete = false;          ///< whether a standard view is missing
  std::string refusal;              ///< reason why nothing was measured or no object made; or ""
  std::vector<ResultFile> results;  ///< files that were written, in the order of sending
};

/// Measures the images of a job as `predict` does and writes the results, whole or not at all, into
/// results/EXAM/REVISION-ATTEMPT/ of the object folder. For a reader's correction it does the same,
/// into results/EXAM/REVISION-ATTEMPT-cVERSION/: the objects that a correction does not change are
/// equal to the byte, so that they are not sent again. `on_image` is called after each image.
/// Throws Error: kIo of the disk, kInterrupted.
ExamAnalysis AnalyzeExam(const Analyzer& analyzer, const ExamJob& job, const ObjectFolder& folder,
                         const ExamAnalysisOptions& options,
                         const std::function<void()>& on_image = {});

}  // namespace mhcnn
