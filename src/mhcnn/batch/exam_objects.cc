#include "mhcnn/batch/exam_objects.h"

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// An item, and the state of its file when it was measured.
struct MeasuredItem {
  const BatchItem* item = nullptr;
  FileStamp stamp;
};
using MeasuredItemMap = std::map<std::string, MeasuredItem>;

/// A refused file that is one of an exam's views: not a raw twin, a volume or another document.
bool IsView(const MammogramMetadata& metadata) {
  static const std::set<std::string> classes = {
      "1.2.840.10008.5.1.4.1.1.1.2",  // Digital Mammography X-Ray Image, For Presentation
      "1.2.840.10008.5.1.4.1.1.1.1",  // Digital X-Ray Image, For Presentation
      "1.2.840.10008.5.1.4.1.1.1",    // Computed Radiography Image
      "1.2.840.10008.5.1.4.1.1.7"};   // Secondary Capture Image
  return metadata.modality == "MG" && !metadata.for_processing &&
         classes.count(metadata.sop_class_uid) > 0;
}

/// The label map of an image as the batch drew it.
cv::Mat1b ReadLabels(const fs::path& path, const Result& result) {
  const Error missing(ErrorCode::kUsage, "is missing or is not the mask of its image",
                      path.string(), "run again with --restart");
  std::error_code ec;
  if (!fs::exists(path, ec)) throw missing;
  const GreyImage grey = ReadGreyImage(path);
  if (grey.size() != result.size) throw missing;
  cv::Mat1b labels;
  grey.convertTo(labels, CV_8U);
  return labels;
}

/// The picture as it was measured: turned to a positive where it was a negative.
GreyImage ReadPicture(const fs::path& path, const Result& result) {
  constexpr int kLongSide = 3000;  // more than any page shows of it
  DicomReadOptions read;
  read.wanted_long_side = kLongSide;
  read.convert_raw = true;
  GreyImage picture = ReadMammogram(path, read).pixels;
  if (!HasFlag(result.flags, Flag::kInverted)) return picture;
  double highest = 0;
  cv::minMaxLoc(picture, nullptr, &highest);
  return highest - picture;
}

void CheckUnchanged(const MeasuredItem& measured) {
  if (ReadFileStamp(*measured.item) == measured.stamp) return;
  throw Error(ErrorCode::kIo, "was changed or removed after it was measured",
              measured.item->DisplayPath().string(), "run again with --resume");
}

/// Returns an image of an exam, or nothing if the file was refused and is not a view of the exam.
std::optional<ExamImage> LoadImage(const Result& result, const MeasuredItem& measured,
                                   const ExamObjectOptions& options) {
  const BatchItem& item = *measured.item;
  ExamImage image;
  image.result = result;
  if (!result.ok() && result.metadata.sop_uid.empty()) return std::nullopt;
  CheckUnchanged(measured);
  const MaterializedFile file(item);
  image.is_dicom = SniffFileKind(file.path()) == FileKind::kDicom;
  if (image.is_dicom) {
    image.header = ReadSourceHeader(file.path());
  } else {
    image.header = MakeSourceHeader(result.metadata, FileSha256(file.path()));
  }
  // A copy may have the size and the time of the file that it replaces.
  if (result.metadata.sop_uid != (image.is_dicom ? image.header.metadata.sop_uid : "")) {
    throw Error(ErrorCode::kIo, "is another image than the one that was measured",
                item.DisplayPath().string(), "run again with --restart");
  }
  if (!result.ok()) {
    return IsView(image.header.metadata) ? std::optional(std::move(image)) : std::nullopt;
  }
  if (options.has_masks && NeedsLabels(options.formats)) {
    image.labels = ReadLabels(DrawingPath(options.output, "masks", item), result);
  }
  if (!image.is_dicom || NeedsPictures(options.formats))
    image.picture = ReadPicture(file.path(), result);
  CheckUnchanged(measured);
  return image;
}

/// Removes files of the objects' folder that this run did not write, of those that a run writes.
void RemoveOthers(const fs::path& folder, const std::set<fs::path>& written) {
  std::set<fs::path> temporaries;
  std::error_code ec;
  for (fs::directory_iterator walk(folder, ec), end; !ec && walk != end; walk.increment(ec)) {
    const fs::path name = walk->path().filename();
    // A temporary file of an object, from a killed run: "sr.dcm.123-4.tmp".
    if (name.extension() == ".tmp" && IsObjectName(name.stem().stem().string()))
      temporaries.insert(folder / name.stem().stem());
    if (written.count(name) > 0 || !IsObjectName(name.string())) continue;
    std::error_code ignored;
    fs::remove(walk->path(), ignored);
  }
  RemoveStaleTemporaries(temporaries);
}

std::vector<ExamImage> LoadImages(const std::vector<const Result*>& results,
                                  const MeasuredItemMap& items, const ExamObjectOptions& options) {
  std::vector<ExamImage> images;
  bool measured = false;
  for (const Result* result : results) {
    ThrowIfInterrupted();
    const auto item = items.find(result->metadata.path);
    if (item == items.end()) continue;
    auto image = LoadImage(*result, item->second, options);
    if (!image) continue;
    measured = measured || result->ok();
    images.push_back(std::move(*image));
  }
  return measured ? std::move(images) : std::vector<ExamImage>();
}

void WriteObjects(const std::vector<const Result*>& results, const MeasuredItemMap& items,
                  const ExamObjectOptions& options, StudyResult& study) {
  const fs::path folder = ExamObjectsFolder(options.output, study.study);
  auto images = LoadImages(results, items, options);
  if (images.empty()) return RemoveOthers(folder, {});
  const ExamResults exam =
      MakeExamResults(study, std::move(images), options.model, options.objects);
  const auto objects = MakeObjects(exam, options.formats);
  std::set<fs::path> written;
  MakeFolder(folder);
  for (const auto& object : objects.files) {
    WriteFileAtomically(folder / object.name, object.bytes);
    written.insert(object.name);
    study.objects.push_back(object.name.string());
  }
  RemoveOthers(folder, written);
  for (const auto& reason : objects.left_out)
    study.objects_error += (study.objects_error.empty() ? "" : "; ") + reason;
}

}  // namespace

ObjectModel ToObjectModel(const Analyzer& analyzer) {
  const ModelCard& card = analyzer.backend().card();
  const Calibration& calibration = analyzer.calibration();
  ObjectModel model{card.name, card.version, card.fingerprint, "", 0};
  if (!calibration.empty()) {
    model.calibration = calibration.name.empty() ? "without a name" : calibration.name;
  }
  if (calibration.interval) model.coverage = calibration.interval->coverage;
  return model;
}

void ExamObjectOptions::Check() const {
  if (output.empty()) throw Error(ErrorCode::kUsage, "output names no folder");
  objects.Check();
  CheckAtLeast("workers", workers, 0);
}

void WriteExamObjects(const std::vector<Result>& results, const std::vector<BatchItem>& items,
                      const std::vector<FileStamp>& stamps, const ExamObjectOptions& options,
                      std::vector<StudyResult>& studies) {
  options.Check();
  MeasuredItemMap item_of;
  for (std::size_t i = 0; i < items.size(); ++i)
    item_of[items[i].DisplayPath().string()] = {&items[i], stamps[i]};
  const auto groups = GroupStudies(results, options.study_by);
  if (groups.size() != studies.size()) {
    throw Error(ErrorCode::kInternal, "the exams are not those of the results");
  }
  ParallelFor(groups.size(), options.workers, [&](std::size_t i) {
    StudyResult& study = studies[i];
    bool whole = false;
    try {
      if (groups[i].mixed) {
        throw Error(ErrorCode::kUnsupported,
                    "no result objects: its files belong to several patients or dates in one study",
                    {}, "check the Patient ID and the Study Instance UID of the files");
      }
      WriteObjects(groups[i].images, item_of, options, study);
      whole = true;
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kInterrupted) throw;
      study.objects_error = ErrorText(
          Error(e.code(), e.subject().empty() ? e.problem() : e.subject() + " " + e.problem(), {},
                e.remedy()));
    } catch (const std::bad_alloc&) {
      study.objects_error = "limit: the result objects need more memory than there is";
    } catch (const cv::Exception& e) {
      study.objects_error = "internal: " + Error(ErrorCode::kInternal, e.err).problem();
    }
    if (study.objects.empty() || !whole) {
      // All objects of an exam are kept, or none.
      study.objects.clear();
      RemoveOthers(ExamObjectsFolder(options.output, study.study), {});
    }
  });
}

}  // namespace mhcnn
