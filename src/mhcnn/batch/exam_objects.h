#pragma once

#include <filesystem>
#include <set>
#include <vector>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/batch/inputs.h"
#include "mhcnn/batch/journal.h"
#include "mhcnn/results/result_objects.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Options of the objects of each exam of a batch.
struct ExamObjectOptions {
  /// Folder of the batch.
  std::filesystem::path output;
  /// Formats to write.
  std::set<ResultFormat> formats;
  /// Options of the objects.
  ObjectOptions objects;
  /// The model that measured.
  ObjectModel model;
  /// Rule by which files form one exam.
  StudyBy study_by = StudyBy::kAuto;
  bool has_masks = true;  ///< whether the model draws masks
  int workers = 1;        ///< number of threads; 0: as many as processors

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Returns the model as result objects name it.
ObjectModel ToObjectModel(const Analyzer& analyzer);

/// Writes the objects of each exam to ExamObjectsFolder, whole or not at all, and removes those
/// that an earlier run left there under other names. `studies` are those of MakeStudies(results,
/// study_by); `items` are those that the results are of, and `stamps` are of their files when they
/// were measured: an exam with a file that has changed since has no objects. Reads the header of
/// each image again, its mask picture, and the image itself if a format draws it. If the objects of
/// an exam fail, the others are written: StudyResult::objects lists what was written, objects_error
/// why something was not; of an exam all objects are written or none, but for those that do not fit
/// it. An exam of which nothing was measured has none. Throws Error(kInterrupted).
void WriteExamObjects(const std::vector<Result>& results, const std::vector<BatchItem>& items,
                      const std::vector<FileStamp>& stamps, const ExamObjectOptions& options,
                      std::vector<StudyResult>& studies);

}  // namespace mhcnn
