#include "mhcnn/batch/measure_item.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/gzip.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/png_text.h"
#include "mhcnn/results/overlay.h"
#include "mhcnn/testing/backends.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/tar_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::AnalyzeHalfEllipse;
using testing_support::DrawHalfEllipse;
using testing_support::ScratchFolder;
using testing_support::TarEntry;
using testing_support::ThresholdBackend;

Analyzer TestAnalyzer() { return Analyzer(std::make_shared<ThresholdBackend>(), {}); }

BatchItem Item(const fs::path& path) { return {path, "", path.filename()}; }

TEST(MeasureItem, MeasuresFileAsTheAnalyzerDoes) {
  const ScratchFolder folder;
  Mammogram mammogram = DrawHalfEllipse(false);
  WritePng(folder / "a.png", mammogram.pixels);
  const Analyzer analyzer = TestAnalyzer();
  const Result wanted = analyzer.Analyze(mammogram).result,
               found = MeasureItem(analyzer, Item(folder / "a.png")).result;
  ASSERT_TRUE(found.ok()) << found.error;
  EXPECT_EQ(found.percent_density, wanted.percent_density);
  EXPECT_EQ(found.category, wanted.category);
  EXPECT_EQ(found.metadata.path, (folder / "a.png").string());
  EXPECT_EQ(found.model, "threshold 1");
}

TEST(MeasureItem, MeasuresPackedFileAndMemberOfArchive) {
  const ScratchFolder folder;
  WritePng(folder / "a.png", DrawHalfEllipse().pixels);
  const auto bytes = ReadFile(folder / "a.png");
  WriteFileAtomically(folder / "a.png.gz", CompressGzip(bytes));
  WriteFileAtomically(folder / "b.tar",
                      TarEntry("in/b.png", {bytes.begin(), bytes.end()}) + std::string(1024, '\0'));
  const Analyzer analyzer = TestAnalyzer();
  const Result wanted = MeasureItem(analyzer, Item(folder / "a.png")).result,
               packed = MeasureItem(analyzer, Item(folder / "a.png.gz")).result,
               member = MeasureItem(analyzer, {folder / "b.tar", "in/b.png", "b"}).result;
  ASSERT_TRUE(wanted.ok()) << wanted.error;
  EXPECT_EQ(packed.percent_density, wanted.percent_density) << packed.error;
  EXPECT_EQ(member.percent_density, wanted.percent_density) << member.error;
  EXPECT_EQ(member.metadata.path, (folder / "b.tar/in/b.png").string());
}

TEST(MeasureItem, RefusalIsResultWithPathAndModel) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "text.png", std::string_view("no picture"));
  for (const auto& [item, begin] :
       {std::pair{Item(folder / "none.png"), "not_found: "},
        {BatchItem{folder / "a", "", "a", "corrupt: is known already"}, "corrupt: is known"}}) {
    const Result result = MeasureItem(TestAnalyzer(), item).result;
    EXPECT_THAT(result.error, StartsWith(begin));
    EXPECT_EQ(result.metadata.path, item.DisplayPath().string());
    EXPECT_EQ(result.model, "threshold 1");
    EXPECT_FALSE(result.percent_density);
  }
  EXPECT_FALSE(MeasureItem(TestAnalyzer(), Item(folder / "text.png")).result.ok());
}

TEST(MeasureItem, RefusesDrawingThatIsNamedAndLeavesFoundOneOut) {
  const ScratchFolder folder;
  const Result measured = AnalyzeHalfEllipse();
  WriteFileAtomically(
      folder / "overlay.png",
      EncodeOverlay(DrawOverlay(DrawHalfEllipse().pixels, measured), OverlayFormat::kPng));
  BatchItem item = Item(folder / "overlay.png");
  const Result named = MeasureItem(TestAnalyzer(), item).result;
  EXPECT_THAT(named.error, StartsWith("out_of_scope: "));
  EXPECT_THAT(named.error, HasSubstr("is the overlay that mhcnn drew"));
  EXPECT_EQ(named.left_out, "");
  item.found = true;
  const Result found = MeasureItem(TestAnalyzer(), item).result;
  EXPECT_EQ(found.left_out, LeftOutKindName(LeftOutKind::kEarlierRun));
  EXPECT_FALSE(found.percent_density);
}

TEST(MeasureItem, StatedFactsAreThoseOfTheResult) {
  const ScratchFolder folder;
  WritePng(folder / "a.png", DrawHalfEllipse(false).pixels);
  const Result result =
      MeasureItem(TestAnalyzer(), Item(folder / "a.png"), [](MammogramMetadata& metadata) {
        metadata.laterality = Laterality::kLeft;
        metadata.view = View::kMLO;
        metadata.row_spacing_mm = metadata.column_spacing_mm = 0.2;
      }).result;
  ASSERT_TRUE(result.ok()) << result.error;
  EXPECT_EQ(result.metadata.laterality, Laterality::kLeft);
  EXPECT_EQ(result.metadata.view, View::kMLO);
  // Half an ellipse of 300 x 350 pixels of 0.02 cm.
  ASSERT_TRUE(result.breast_area_cm2);
  EXPECT_NEAR(*result.breast_area_cm2, CV_PI * 300 * 350 / 2 * 0.0004, 2);
}

TEST(MeasureItem, ErrorOfStatedFactsIsThatOfTheResult) {
  const ScratchFolder folder;
  WritePng(folder / "a.png", DrawHalfEllipse().pixels);
  const Result result = MeasureItem(TestAnalyzer(), Item(folder / "a.png"), [](MammogramMetadata&) {
                          throw Error(ErrorCode::kUsage, "states no such view");
                        }).result;
  EXPECT_THAT(result.error, StartsWith("usage: states no such view"));
}

void WriteImage(const fs::path& path, const DicomWriteOptions& options = {}) {
  Mammogram mammogram = DrawHalfEllipse();
  mammogram.metadata.bits = 12;
  mammogram.metadata.laterality = Laterality::kLeft;
  mammogram.metadata.view = View::kMLO;
  mammogram.metadata.study_uid = "1.2.3";
  mammogram.metadata.sop_uid = "1.2.3.4";
  WriteDicomMammogram(path, mammogram, options);
}

TEST(MeasureItem, RefusedDicomFileKeepsTheFactsOfItsHeader) {
  const ScratchFolder folder;
  WriteImage(
      folder / "raw.dcm",
      {.for_processing = true, .patient_name = {}, .study_description = {}, .study_date = {}});
  const Result result = MeasureItem(TestAnalyzer(), Item(folder / "raw.dcm")).result;
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.metadata.study_uid, "1.2.3");
  EXPECT_EQ(result.metadata.sop_uid, "1.2.3.4");
  EXPECT_EQ(result.metadata.path, (folder / "raw.dcm").string());
}

TEST(ReadItemMetadata, AreThoseOfTheHeaderOrNone) {
  const ScratchFolder folder;
  WriteImage(folder / "a.dcm");
  WritePng(folder / "a.png", DrawHalfEllipse().pixels);
  EXPECT_EQ(ReadItemMetadata(Item(folder / "a.dcm")).sop_uid, "1.2.3.4");
  EXPECT_EQ(ReadItemMetadata(Item(folder / "a.dcm")).view, View::kMLO);
  EXPECT_EQ(ReadItemMetadata(Item(folder / "a.png")).sop_uid, "");
  EXPECT_EQ(ReadItemMetadata(Item(folder / "none")).sop_uid, "");
}

}  // namespace
}  // namespace mhcnn
