#include "mhcnn/results/exam_results.h"

#include <algorithm>
#include <tuple>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/base/text.h"
#include "mhcnn/image/patient_identity.h"
#include "mhcnn/results/dicom_object.h"
#include "mhcnn/results/exam_order.h"
#include "mhcnn/results/flag_texts.h"
#include "mhcnn/results/study_groups.h"
#include "mhcnn/results/uids.h"

namespace mhcnn {
namespace {

constexpr const char* kNoDate = "19000101";

[[noreturn]] void Refuse(const std::string& problem, const std::string& remedy) {
  throw Error(ErrorCode::kUnsupported, "no result objects: " + problem, {}, remedy);
}

void CheckUids(const ExamImage& image) {
  const MammogramMetadata& metadata = image.header.metadata;
  for (const auto& [uid, name] : {std::pair{&metadata.study_uid, "Study Instance UID (0020,000D)"},
                                  {&metadata.series_uid, "Series Instance UID (0020,000E)"},
                                  {&metadata.sop_uid, "SOP Instance UID (0008,0018)"},
                                  {&metadata.sop_class_uid, "SOP Class UID (0008,0016)"}}) {
    if (!uid->empty()) continue;
    Refuse(ToDisplayText(image.result.metadata.path) + " has no " + name,
           "result objects need the UIDs of their images: get the original file from its source, "
           "or use only csv and json");
  }
}

void CheckTogether(const ExamImage& a, const ExamImage& b) {
  const auto both = ToDisplayText(a.result.metadata.path) + " and " +
                    ToDisplayText(b.result.metadata.path) + " are of ";
  if (a.is_dicom != b.is_dicom) {
    Refuse(both + "a picture file and a DICOM file", "give them in separate runs");
  }
  if (!a.is_dicom) return;
  if (AreFromDifferentExams(a.header.metadata, b.header.metadata)) {
    Refuse(both + "two patients or two dates", "give the files of one exam of one patient");
  }
  if (a.header.metadata.study_uid != b.header.metadata.study_uid) {
    Refuse(both + "two studies", "use --study-by auto, which separates them");
  }
}

/// Picture files of one exam have no study: they get one of all of them.
void AssignCommonStudy(std::vector<ExamImage>& images) {
  std::vector<std::string> uids;
  for (const auto& image : images) uids.push_back(image.header.metadata.sop_uid);
  std::sort(uids.begin(), uids.end());
  const std::string digest = Sha256Hex(JoinUnambiguously(uids));
  for (auto& image : images) {
    SetStudy(image.header, UidFromTexts({"mhcnn picture study", digest}),
             UidFromTexts({"mhcnn picture series", digest}));
  }
}

void SetDate(ExamResults& exam) {
  exam.date = kNoDate;
  exam.time = "000000";
  for (const auto& image : exam.images) {
    if (image.header.date.empty()) continue;
    std::string time = image.header.time;
    time.resize(6, '0');
    if (exam.date == kNoDate || std::tie(image.header.date, time) > std::tie(exam.date, exam.time))
      std::tie(exam.date, exam.time) = std::tie(image.header.date, time);
  }
  const std::string& given = exam.options.date_time;
  if (given.empty()) return;
  exam.date = given.substr(0, 8);
  exam.time = given.substr(8);
}

/// Returns what the figures depend on, except the images.
std::vector<std::string> Method(const ExamResults& exam) {
  std::vector<std::string> parts = {exam.model.name,        exam.model.version,
                                    exam.model.fingerprint, exam.model.calibration,
                                    exam.options.date_time, std::to_string(exam.options.seg_scale)};
  parts.insert(parts.end(), exam.options.settings.begin(), exam.options.settings.end());
  for (const auto& earlier : exam.options.predecessors) parts.push_back(earlier.sop_uid);
  return parts;
}

std::string Digest(const ExamResults& exam, const std::vector<std::string>& more) {
  return Sha256Hex(JoinUnambiguously({Sha256Hex(EncodeDataset(*exam.header().copied)),
                                      JoinUnambiguously(Method(exam)), JoinUnambiguously(more)}));
}

}  // namespace

void ObjectOptions::Check() const {
  CheckRange("series_number", series_number, 1, 99'999'999);
  CheckRange("seg_scale", seg_scale, 1, 16);
  if (reader) reader->Check();
  const std::string& given = date_time;
  const bool digits = given.size() == 14 && given.find_first_not_of("0123456789") == given.npos;
  const auto number = [&](std::size_t at, std::size_t size) {
    return std::stoi(given.substr(at, size));
  };
  const bool valid =
      given.empty() || (digits && ToPlainDate(given.substr(0, 8)) == given.substr(0, 8) &&
                        number(8, 2) < 24 && number(10, 2) < 60 && number(12, 2) < 60);
  if (valid) return;
  throw Error(ErrorCode::kUsage,
              "\"" + ToDisplayText(given) + "\" is not a date and time of objects", {},
              "write YYYYMMDDHHMMSS");
}

std::string ExamImage::Name() const {
  const MammogramMetadata& metadata = result.metadata;
  std::string name = LateralityName(metadata.laterality);
  const std::string view = metadata.view == View::kOther && !metadata.view_text.empty()
                               ? AsciiText(metadata.view_text)
                               : ViewName(metadata.view);
  if (!view.empty()) name += (name.empty() ? "" : " ") + view;
  if (name.empty() || view.empty()) return "image " + std::to_string(index);
  return number > 1 ? name + " " + std::to_string(number) : name;
}

ExamResults MakeExamResults(StudyResult study, std::vector<ExamImage> images, ObjectModel model,
                            ObjectOptions options) {
  if (images.empty()) throw Error(ErrorCode::kInternal, "an exam without images");
  options.Check();
  for (const auto& image : images) {
    CheckUids(image);
    CheckTogether(images.front(), image);
  }
  SortAndNumber(images);
  for (std::size_t i = 1; i < images.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (images[i].header.metadata.sop_uid != images[k].header.metadata.sop_uid) continue;
      Refuse(ToDisplayText(images[k].result.metadata.path) + " and " +
                 ToDisplayText(images[i].result.metadata.path) + " have one SOP Instance UID",
             "give each image once");
    }
  }
  if (!images.front().is_dicom) AssignCommonStudy(images);
  ExamResults exam{
      std::move(study), std::move(images), std::move(model), std::move(options), {}, {}};
  // Earlier results of other studies are none that these correct.
  for (auto* earlier_results : {&exam.options.predecessors, &exam.options.read}) {
    std::erase_if(*earlier_results, [&](const ObjectOptions::Predecessor& earlier) {
      return earlier.study_uid != exam.header().metadata.study_uid;
    });
  }
  SetDate(exam);
  return exam;
}

std::string ExamUid(const ExamResults& exam, const std::vector<std::string>& parts) {
  std::vector<std::string> inputs;
  for (const auto& image : exam.images) inputs.push_back(image.header.metadata.sop_uid);
  std::sort(inputs.begin(), inputs.end());
  std::vector<std::string> all = {"mhcnn exam", Digest(exam, inputs)};
  all.insert(all.end(), parts.begin(), parts.end());
  return UidFromTexts(all);
}

std::string SeriesUid(const ExamResults& exam, const std::string& kind) {
  return UidFromTexts({"mhcnn series", Digest(exam, {exam.header().metadata.study_uid}), kind});
}

std::string DeviceUid(const ExamResults& exam) {
  return UidFromTexts({"mhcnn device", exam.model.name, exam.model.version, exam.model.fingerprint,
                       exam.model.calibration});
}

std::vector<std::string> Remarks(const ExamResults& exam) {
  std::vector<std::string> remarks;
  for (const auto& image : exam.images) {
    const Result& result = image.result;
    if (!result.ok()) {
      remarks.push_back(image.Name() + " was not measured: " + AsciiText(result.error) + ".");
    }
    for (const auto& flag : result.flags) {
      remarks.push_back(image.Name() + ": " + FlagSentence(flag));
    }
  }
  for (const auto& flag : exam.exam.flags) {
    const bool of_image = std::ranges::any_of(exam.images, [&](const ExamImage& image) {
      return std::ranges::count(image.result.flags, flag) > 0;
    });
    if (!of_image) remarks.push_back("Exam: " + FlagSentence(flag));
  }
  if (!exam.exam.missing.empty()) {
    std::string views;
    for (const auto& view : exam.exam.missing) views += (views.empty() ? "" : ", ") + view;
    remarks.push_back("Exam: these standard views are missing: " + views + ".");
  }
  if (!exam.exam.error.empty()) {
    remarks.push_back("Exam: none of its images could be measured.");
  }
  return remarks;
}

std::string AsciiText(const std::string& text) {
  std::string ascii;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;  // a later byte of a character that has its "?" already
    // A backslash parts values, and ISO_IR 13 has other signs for it and for the tilde.
    ascii += byte < 0x20 || byte >= 0x7F || c == '\\' || c == '~' ? '?' : c;
  }
  return ascii;
}

}  // namespace mhcnn
