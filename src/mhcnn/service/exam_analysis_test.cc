#include "mhcnn/service/exam_analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/base/shipped_file.h"
#include "mhcnn/batch/measurement_settings.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing_support::ScratchFolder;
using testing_support::ThrownCode;

const Analyzer& FastAnalyzer() {
  static const Analyzer analyzer =
      MakeAnalyzer({ShippedFile("models", "mhcnn-fast.onnx"), "CPU", {}, {}}, 1);
  return analyzer;
}

/// A job of these files of the bundled exam, in the object folder.
ExamJob MakeJob(const ObjectFolder& folder, const std::vector<std::string>& names) {
  ExamJob job;
  job.id = 5;
  job.exam.id = 7;
  for (const auto& name : names) {
    const fs::path source = fs::path(MHCNN_SOURCE_DIR) / "examples/phantom-exam" / name;
    const auto metadata = ReadDicomMetadata(source);
    fs::create_directories(folder.root() / "received");
    ReceivedObject image;
    image.file = fs::path("received") / name;
    image.sop_uid = metadata.sop_uid;
    image.study_uid = metadata.study_uid;
    fs::copy_file(source, folder.root() / image.file, fs::copy_options::overwrite_existing);
    job.images.push_back(image);
  }
  return job;
}

ExamAnalysisOptions Options() {
  ExamAnalysisOptions options;
  options.formats = ParseResultFormats("seg,sr,fhir");
  DestinationConfig pacs, records;
  pacs.name = "pacs";
  pacs.formats = {ResultFormat::kSeg, ResultFormat::kSr};
  records.name = "records";
  records.formats = {ResultFormat::kFhir};
  options.destinations = {pacs, records};
  return options;
}

TEST(AnalyzeExam, LeavesResultsForEachDestination) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch / "objects");
  const ExamJob job = MakeJob(folder, {"L-CC.dcm", "L-MLO.dcm", "R-CC.dcm", "R-MLO.dcm"});
  int images = 0;
  const ExamAnalysis analysis =
      AnalyzeExam(FastAnalyzer(), job, folder, Options(), [&] { ++images; });
  EXPECT_EQ(images, 4);
  EXPECT_THAT(analysis.refusal, IsEmpty());
  EXPECT_FALSE(analysis.incomplete);
  std::vector<std::string> kinds;
  for (const auto& result : analysis.results) {
    const fs::path path = folder.Path(result.file);
    EXPECT_EQ(FileSha256(path), result.digest);
    EXPECT_EQ(fs::file_size(path), result.bytes);
    kinds.push_back(result.kind);
    if (result.kind == "table" || result.kind == kViewKind) {
      EXPECT_THAT(result.destinations, IsEmpty());
    } else {
      EXPECT_THAT(result.destinations, ElementsAre(result.kind == "fhir" ? "records" : "pacs"));
    }
    if (path.extension() == ".dcm") {
      EXPECT_EQ(ReadDicomMetadata(path).sop_uid, result.sop_uid);
    }
  }
  // What the pages show: a file of the exam, and for each image two pictures and its outlines.
  ASSERT_THAT(kinds, SizeIs(9 + 1 + 4 * 3));
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), kViewKind), 13);
  kinds.resize(9);
  EXPECT_THAT(kinds,
              ElementsAre("seg", "seg", "seg", "seg", "sr", "fhir", "table", "table", "table"));
  const auto& view = analysis.results[9];
  EXPECT_EQ(view.file.filename(), kExamViewFile);
  const auto shown = nlohmann::json::parse(ReadTextFile(folder.Path(view.file)));
  EXPECT_THAT(shown.at("pictures"), SizeIs(4));
  EXPECT_THAT(shown.at("details").at("images"), SizeIs(4));
  const auto summary = nlohmann::json::parse(analysis.summary);
  EXPECT_THAT(summary["images_measured"], SizeIs(4));
  EXPECT_TRUE(summary["percent_density"].is_number());
  EXPECT_THAT(fs::is_empty(folder.root() / "work"), true);
  // The retention removes what has a row, and there is nothing else.
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.root() / "results"))
    files += entry.is_regular_file();
  EXPECT_EQ(files, analysis.results.size());
}

TEST(AnalyzeExam, RepeatedAnalysisGivesSameObjects) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch / "objects");
  ExamJob job = MakeJob(folder, {"L-CC.dcm", "R-CC.dcm"});
  const ExamAnalysis first = AnalyzeExam(FastAnalyzer(), job, folder, Options());
  EXPECT_TRUE(first.incomplete);
  job.attempt = 2;
  const ExamAnalysis second = AnalyzeExam(FastAnalyzer(), job, folder, Options());
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(first.results[i].digest, second.results[i].digest);
}

TEST(AnalyzeExam, StatesPriorsAndPredecessors) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch / "objects");
  ExamJob job = MakeJob(folder, {"L-CC.dcm"});
  const ExamAnalysis first = AnalyzeExam(FastAnalyzer(), job, folder, Options());
  job = MakeJob(folder, {"L-CC.dcm", "L-MLO.dcm"});
  job.revision = 2;
  for (const auto& result : first.results) job.earlier_results.push_back(result.file);
  Exam prior;
  prior.study_uid = "1.2.3";
  prior.study_date = "20240131";
  prior.summary = R"({"percent_density": 12.5, "category": "b"})";
  job.priors = {prior};
  const ExamAnalysis second = AnalyzeExam(FastAnalyzer(), job, folder, Options());
  const auto priors = nlohmann::json::parse(second.summary)["priors"];
  ASSERT_THAT(priors, SizeIs(1));
  EXPECT_EQ(priors[0]["percent_density"], 12.5);
  EXPECT_EQ(priors[0]["study_date"], "20240131");
  const auto uid_of_sr = [](const ExamAnalysis& analysis) {
    for (const auto& result : analysis.results)
      if (result.kind == "sr") return result;
    return ResultFile();
  };
  const auto bytes = ReadTextFile(folder.Path(uid_of_sr(second).file));
  EXPECT_THAT(bytes, HasSubstr(uid_of_sr(first).sop_uid));
}

/// Files that this process writes may have so many bytes, as on a disk that is full.
class LargestFile {
 public:
  explicit LargestFile(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~LargestFile() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  LargestFile(const LargestFile&) = delete;
  LargestFile& operator=(const LargestFile&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

TEST(AnalyzeExam, RefusesNoExamForAFullDisk) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch / "objects");
  const ExamJob job = MakeJob(folder, {"L-CC.dcm", "L-MLO.dcm", "R-CC.dcm", "R-MLO.dcm"});
  std::uintmax_t largest = 0, segmentation = 0;
  {
    const ExamAnalysis analysis = AnalyzeExam(FastAnalyzer(), job, folder, Options());
    for (const auto& result : analysis.results) {
      auto& size = result.kind == "seg" ? segmentation : largest;
      size = std::max(size, fs::file_size(folder.Path(result.file)));
    }
  }
  ASSERT_LT(largest, segmentation) << "a limit between them stops at the result objects";
  const LargestFile limit((largest + segmentation) / 2);
  EXPECT_EQ(ThrownCode([&] { AnalyzeExam(FastAnalyzer(), job, folder, Options()); }),
            ErrorCode::kIo);
  EXPECT_TRUE(fs::is_empty(folder.root() / "work")) << "a try that failed leaves files";
}

TEST(AnalyzeExam, RefusalStatesReason) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch / "objects");
  ExamJob job = MakeJob(folder, {"L-CC.dcm"});
  WriteFileAtomically(folder.root() / "received/L-CC.dcm", std::string_view("no image"));
  const ExamAnalysis analysis = AnalyzeExam(FastAnalyzer(), job, folder, Options());
  EXPECT_THAT(analysis.refusal, HasSubstr("unsupported"));
  EXPECT_THAT(analysis.results, SizeIs(4));  // tables that say why, and what the pages show
}

}  // namespace
}  // namespace mhcnn
