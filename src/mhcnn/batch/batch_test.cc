#include "mhcnn/batch/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/gzip.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/batch/measure_item.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/testing/backends.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/tar_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::DrawHalfEllipse;
using testing_support::DrawNoisyHalfEllipse;
using testing_support::HeadsBackend;
using testing_support::ScratchFolder;
using testing_support::TarEntry;
using testing_support::ThresholdBackend;

TEST(Batch, FindsImagesByNameOrContent) {
  const ScratchFolder folder;
  const Mammogram mammogram = DrawHalfEllipse();
  WritePng(folder / "a.png", mammogram.pixels);
  WritePng(folder / "sub/no_extension", mammogram.pixels);
  WriteFileAtomically(folder / "a.dcm", std::string_view("text"));
  WriteFileAtomically(folder / "notes.txt", std::string_view("text"));
  WritePng(folder / "out/overlays/old.png", mammogram.pixels);
  const auto items = CollectImages({folder.path()}, folder / "out").items;
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].name, "a.dcm");
  EXPECT_EQ(items[1].name, "a.png");
  EXPECT_EQ(items[2].name, "sub/no_extension");

  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  BatchOptions options;
  options.output = folder / "out";
  const auto results = RunBatch(analyzer, items, options).results;
  ASSERT_EQ(results.size(), 3u);
  EXPECT_FALSE(results[0].ok());
  EXPECT_TRUE(results[1].ok() && results[2].ok()) << results[1].error << results[2].error;
  EXPECT_TRUE(fs::exists(folder / "out/overlays/a.png.png"));
  EXPECT_TRUE(fs::exists(folder / "out/masks/sub/no_extension.png"));
  EXPECT_FALSE(fs::exists(folder / "out/overlays/a.dcm.png"));
  EXPECT_EQ(ParseCsv(ReadTextFile(folder / "out/results.csv")).size(), 4u);
}

TEST(Batch, WritesPageImagesOnlyWithOverlays) {
  const ScratchFolder folder;
  WritePng(folder / "in/a.png", DrawHalfEllipse().pixels);
  const auto items = CollectImages({folder / "in"}, folder / "out").items;
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  for (const bool overlays : {true, false}) {
    BatchOptions options;
    options.output = folder / (overlays ? "with" : "without");
    options.overlays = overlays;
    options.page = true;
    const auto results = RunBatch(analyzer, items, options).results;
    ASSERT_TRUE(results.at(0).ok()) << results[0].error;
    EXPECT_TRUE(fs::exists(options.output / "index.html"));
    EXPECT_TRUE(fs::exists(options.output / "page/exams-0.js"));
    const auto paths =
        MakePagePicturePaths(options.output, PagePictureKey(results[0].metadata.path));
    for (const auto& path : {paths.picture, paths.thumbnail, paths.outlines})
      EXPECT_EQ(fs::exists(path), overlays) << path;
    // Neither the page nor its pictures are inputs of another run.
    const auto again = CollectImages({options.output}, folder / "other");
    EXPECT_TRUE(again.items.empty());
    EXPECT_EQ(again.left_out.count(LeftOutKind::kNoImage), 0u);
  }
  BatchOptions plain;
  plain.output = folder / "plain";
  RunBatch(analyzer, items, plain);
  EXPECT_FALSE(fs::exists(plain.output / "index.html"));
}

/// A "network" during whose first run something happens.
class InterferingBackend : public ThresholdBackend {
 public:
  explicit InterferingBackend(std::function<void()> happens) : happens_(std::move(happens)) {}
  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    if (happens_) std::exchange(happens_, nullptr)();
    return ThresholdBackend::Run(inputs);
  }

 private:
  std::function<void()> happens_;
};

TEST(Batch, RemeasuresFileThatChangedDuringRead) {
  const ScratchFolder folder;
  const fs::path image = folder / "in/a.png";
  for (const bool removed : {false, true}) {
    WritePng(image, DrawHalfEllipse().pixels);
    const auto items = CollectImages({folder / "in"}, folder / "out").items;
    const auto backend = std::make_shared<InterferingBackend>([&] {
      if (removed) {
        fs::remove(image);
      } else {
        WritePng(image, DrawNoisyHalfEllipse());
      }
    });
    const Analyzer analyzer(backend, {});
    BatchOptions options;
    options.output = folder / (removed ? "removed" : "changed");
    const auto results = RunBatch(analyzer, items, options).results;
    EXPECT_THAT(results.at(0).error, StartsWith("io: was changed or removed while it was read"));
    EXPECT_FALSE(results[0].percent_density);
    EXPECT_FALSE(fs::exists(options.output / "overlays/a.png"));
    if (removed) WritePng(image, DrawHalfEllipse().pixels);
    options.start = JournalStart::kResume;
    const auto again = RunBatch(analyzer, items, options);
    EXPECT_EQ(again.resumed, 0u);
    EXPECT_TRUE(again.results.at(0).ok()) << again.results[0].error;
  }
}

/// Measures an item after a signal. Exits 0 if that ends without a result.
[[noreturn]] void MeasureAfterSignal(const BatchItem& item) {
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  CatchInterrupts();
  std::raise(SIGTERM);
  try {
    MeasureItem(analyzer, item);
  } catch (const Error& e) {
    std::_Exit(e.code() == ErrorCode::kInterrupted ? 0 : 1);
  }
  std::_Exit(2);
}

TEST(BatchDeathTest, InterruptDuringUnpackWritesNoResult) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a.png.gz", CompressGzip(std::vector<std::uint8_t>(1000)));
  WriteFileAtomically(folder / "b.tar", TarEntry("b.png", "content") + std::string(1024, '\0'));
  for (const BatchItem& item :
       {BatchItem{folder / "a.png.gz", "", "a"}, BatchItem{folder / "b.tar", "b.png", "b"}}) {
    EXPECT_EXIT(MeasureAfterSignal(item), ::testing::ExitedWithCode(0), "") << item.path;
  }
}

/// Runs a batch, with a signal as soon as it opens its first file. Exits 0 and prints the error if
/// that interrupts it.
[[noreturn]] void RunWithSignalAtOpening(const std::vector<BatchItem>& items,
                                         const BatchOptions& options) {
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  CatchInterrupts();
  const int opened = ::inotify_init1(IN_CLOEXEC);
  ::inotify_add_watch(opened, items.front().path.c_str(), IN_OPEN);
  std::thread([opened] {
    std::array<char, 4096> events;
    if (::read(opened, events.data(), events.size()) > 0) std::raise(SIGTERM);
  }).detach();
  try {
    RunBatch(analyzer, items, options);
  } catch (const Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    std::_Exit(e.code() == ErrorCode::kInterrupted ? 0 : 1);
  }
  std::_Exit(2);
}

TEST(BatchDeathTest, AFileThatWasBeingUnpackedAtAnInterruptIsMeasuredByResume) {
  const ScratchFolder folder;
  // Unpacking it takes far longer than a thread takes to wake up.
  constexpr std::size_t kBytes = std::size_t{128} << 20;
  WriteFileAtomically(folder / "in/a.png.gz", CompressGzip(std::vector<std::uint8_t>(kBytes)));
  const auto items = CollectImages({folder / "in"}, folder / "out").items;
  ASSERT_EQ(items.size(), 1u);
  BatchOptions options;
  options.output = folder / "out";
  options.workers = 1;
  EXPECT_EXIT(RunWithSignalAtOpening(items, options), ::testing::ExitedWithCode(0),
              "interrupted after 0 of 1 files; continue with --resume");
  const auto journal = Journal::Read(JournalPath(options.output, ""));
  EXPECT_TRUE(journal.entries.empty());
  EXPECT_FALSE(journal.finished);
  EXPECT_EQ(ParseCsv(ReadTextFile(options.output / "results.csv")).size(), 1u);
  // A picture takes its place, so that the rest of the test is short.
  WritePng(folder / "in/a.png.gz", DrawHalfEllipse().pixels);
  options.start = JournalStart::kResume;
  const auto report = RunBatch(Analyzer(std::make_shared<ThresholdBackend>(), {}), items, options);
  EXPECT_TRUE(report.results.at(0).ok()) << report.results[0].error;
}

TEST(Batch, AnInterruptedRowOfAnEarlierVersionIsMeasuredAgain) {
  const ScratchFolder folder;
  WritePng(folder / "in/a.png", DrawHalfEllipse().pixels);
  const auto items = CollectImages({folder / "in"}, folder / "out").items;
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  BatchOptions options;
  options.output = folder / "out";
  options.start = JournalStart::kResume;
  {
    Journal journal(JournalPath(options.output, ""),
                    {{"model", ModelSummary(analyzer.backend().card(), analyzer.calibration())}},
                    JournalStart::kNew);
    Result result;
    result.metadata.path = items.at(0).DisplayPath().string();
    result.error = "interrupted: interrupted";
    journal.Append(items[0], ReadFileStamp(items[0]), result);
    journal.Finish(1);
  }
  const auto report = RunBatch(analyzer, items, options);
  EXPECT_EQ(report.resumed, 0u);
  EXPECT_TRUE(report.results.at(0).ok()) << report.results[0].error;
  EXPECT_EQ(RunBatch(analyzer, items, options).resumed, 1u);
}

/// Writes a DICOM file of the image that has this UID.
void WriteImage(const fs::path& path, const std::string& sop_uid) {
  Mammogram mammogram = DrawHalfEllipse();
  mammogram.metadata.bits = 12;
  mammogram.metadata.laterality = Laterality::kLeft;
  mammogram.metadata.view = View::kMLO;
  mammogram.metadata.study_uid = "1.2.3";
  mammogram.metadata.sop_uid = sop_uid;
  WriteDicomMammogram(path, mammogram, {});
}

TEST(Batch, OmitsObjectsOfFilesChangedAfterMeasurement) {
  const ScratchFolder folder;
  const fs::path image = folder / "in/a.dcm";
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), {});
  BatchOptions options;
  options.output = folder / "out";
  options.formats = {ResultFormat::kSr};
  for (const bool same_stamp : {false, true}) {
    WriteImage(image, "1.2.3.1");
    const auto items = CollectImages({folder / "in"}, options.output).items;
    options.start = JournalStart::kRestart;
    const auto report = RunBatch(analyzer, items, options, [&](const Result&, bool) {
      const auto time = fs::last_write_time(image);
      WriteImage(image, "1.2.3.2");
      fs::last_write_time(image, time + std::chrono::seconds(same_stamp ? 0 : 1));
    });
    ASSERT_TRUE(report.results.at(0).ok()) << report.results[0].error;
    EXPECT_TRUE(report.studies.at(0).objects.empty());
    EXPECT_THAT(
        report.studies[0].objects_error,
        HasSubstr(
            image.string() +
            (same_stamp
                 ? " is another image than the one that was measured; run again with --restart"
                 : " was changed or removed after it was measured; run again with "
                   "--resume")));
    EXPECT_FALSE(fs::exists(ExamObjectsFolder(options.output, "1.2.3") / "sr.dcm"));
    if (!same_stamp) options.start = JournalStart::kResume;
    const auto again = RunBatch(analyzer, items, options);
    EXPECT_EQ(again.resumed, 0u);
    EXPECT_THAT(again.studies.at(0).objects, ElementsAre("sr.dcm"))
        << again.studies[0].objects_error;
    // Objects of results that are resumed.
    options.start = JournalStart::kResume;
    const auto resumed = RunBatch(analyzer, items, options);
    EXPECT_EQ(resumed.resumed, 1u);
    EXPECT_THAT(resumed.studies.at(0).objects, ElementsAre("sr.dcm"))
        << resumed.studies[0].objects_error;
  }
}

TEST(Batch, AMergedPageNamesTheCoverageAndShowsPicturesWhereTheyWereDrawn) {
  const ScratchFolder folder;
  WritePng(folder / "in/a.png", DrawHalfEllipse().pixels);
  const auto items = CollectImages({folder / "in"}, folder / "out").items;
  AnalyzeOptions analyze;
  analyze.calibration.emplace();
  analyze.calibration->interval =
      PercentInterval{.coverage = 0.8, .error_scale = {2, 1, 0}, .groups = {{101, 2, 40}}};
  const Analyzer analyzer(std::make_shared<ThresholdBackend>(), analyze);
  for (const bool page : {true, false}) {
    BatchOptions options;
    options.output = folder / (page ? "with" : "without");
    options.page = page;
    options.inputs = items.size();
    // What `mhcnn predict --no-page` states.
    if (!page) options.header = {{"page", false}};
    options.shard = {1, 2};
    RunBatch(analyzer, items, options);
    options.shard = {2, 2};
    RunBatch(analyzer, {}, options);
    MergeShards(options.output, true);
    const std::string data = ReadTextFile(options.output / "page/exams.js");
    EXPECT_THAT(data, HasSubstr(R"(\"coverage\":0.8)"));
    EXPECT_THAT(data, HasSubstr(page ? R"(\"pictures\":true)" : R"(\"pictures\":false)"));
  }
}

/// What `mhcnn predict` does with one picture.
BatchReport Predict(const ScratchFolder& folder, std::vector<Head> heads, int variants = 1) {
  WritePng(folder / "in/a.png", DrawNoisyHalfEllipse());
  AnalyzeOptions analyze;
  analyze.variants = variants;
  const Analyzer analyzer(std::make_shared<HeadsBackend>(std::move(heads)), analyze);
  BatchOptions options;
  options.output = folder / "out";
  return RunBatch(analyzer, CollectImages({folder / "in"}, options.output).items, options);
}

std::map<std::string, std::string> FirstRow(const fs::path& table) {
  const auto lines = ParseCsv(ReadTextFile(table));
  std::map<std::string, std::string> row;
  for (std::size_t c = 0; c < lines.at(0).size(); ++c) row[lines[0][c]] = lines.at(1).at(c);
  return row;
}

TEST(Heads, MissingHeadsGiveEmptyColumnsAndFlags) {
  const ScratchFolder folder;
  const auto regression = Predict(folder, {Head::kRegression}, 3);
  const Result& r = regression.results.at(0);
  ASSERT_TRUE(r.ok()) << r.error;
  EXPECT_FALSE(r.percent_density || r.category || r.dense_area_cm2 || r.percent_spread);
  EXPECT_DOUBLE_EQ(*r.percent_regression, 31);
  EXPECT_THAT(r.flags, Contains("no_segmentation"));
  EXPECT_THAT(r.flags, Contains("no_classification"));
  EXPECT_THAT(r.flags, Not(Contains("no_regression")));
  for (const char* flag : {"outline_uncertain", "heads_disagree", "category_uncertain",
                           "view_inferred", "spacing_missing"}) {
    EXPECT_THAT(r.flags, Not(Contains(flag)));
  }
  EXPECT_FALSE(fs::exists(folder / "out/masks/a.png")) << "an empty mask would be a lie";
  EXPECT_TRUE(fs::exists(folder / "out/overlays/a.png"));
  auto row = FirstRow(folder / "out/results.csv");
  for (const char* column : {"percent_density", "category", "p_a", "p_d", "dense_area_cm2"})
    EXPECT_EQ(row.at(column), "") << column;
  EXPECT_EQ(row.at("percent_regression"), "31.0");
  EXPECT_EQ(row.at("status"), "ok");
  row = FirstRow(folder / "out/studies.csv");
  for (const char* column : {"percent_density", "percent_left", "category", "p_a", "error"})
    EXPECT_EQ(row.at(column), "") << column;
  EXPECT_EQ(row.at("status"), "ok");
  const auto json = nlohmann::json::parse(ReadTextFile(folder / "out/results.json"));
  EXPECT_TRUE(json["results"][0]["percent_density"].is_null());
  EXPECT_NEAR(json["results"][0]["percent_regression"].get<double>(), 31, 1e-9);
  EXPECT_TRUE(json["studies"][0]["unknown_side"]["category"].is_null());
  const Result back = ResultFromJson(json["results"][0]);
  EXPECT_FALSE(back.category || back.percent_density);
  EXPECT_DOUBLE_EQ(*back.percent_regression, 31);
}

TEST(Heads, CategoryHeadGivesProbabilities) {
  const ScratchFolder folder;
  const auto report = Predict(folder, {Head::kClassification});
  const Result& r = report.results.at(0);
  ASSERT_TRUE(r.ok()) << r.error;
  EXPECT_EQ(*r.category, DensityCategory::kD);
  EXPECT_FALSE(r.percent_density || r.percent_regression);
  EXPECT_THAT(r.flags, Not(Contains("category_uncertain"))) << "there is no percent to differ from";
  const auto row = FirstRow(folder / "out/studies.csv");
  EXPECT_EQ(row.at("category"), "d");
  EXPECT_EQ(row.at("p_d"), "0.6000");
  EXPECT_EQ(row.at("percent_density"), "");
}

TEST(Heads, SegmentationHeadGivesPercent) {
  const ScratchFolder folder;
  const auto report = Predict(folder, {Head::kSegmentation});
  const Result& r = report.results.at(0);
  ASSERT_TRUE(r.ok()) << r.error;
  EXPECT_NEAR(*r.percent_density, 100 * CV_PI * 80 * 80 / (CV_PI * 300 * 350 / 2), 2);
  EXPECT_FALSE(r.percent_regression || r.category);
  EXPECT_THAT(r.flags, Contains("no_regression"));
  EXPECT_TRUE(fs::exists(folder / "out/masks/a.png"));
  EXPECT_EQ(FirstRow(folder / "out/results.csv").at("category"), "");
}

}  // namespace
}  // namespace mhcnn
