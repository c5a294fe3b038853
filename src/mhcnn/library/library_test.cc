#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/base/file.h"
#include "mhcnn/library/public_result.h"
#include "mhcnn/model/shipped_model.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path kExam = fs::path(MHCNN_SOURCE_DIR) / "examples/phantom-exam";

const v0::Analyzer& Fast() {
  static const v0::Analyzer analyzer = v0::Analyzer::Load("fast", {.threads = 1});
  return analyzer;
}

/// A picture of the bundled exam as another program might hold it.
cv::Mat1w ExamplePicture() { return ReadMammogram(kExam / "L-CC.dcm").pixels; }

v0::Pixels ToPixels(const cv::Mat1w& picture) {
  return {{picture.ptr<std::uint16_t>(), picture.total()}, picture.rows, picture.cols};
}

nlohmann::json Figures(const std::string& json) {
  nlohmann::json row = nlohmann::json::parse(json);
  for (const char* key : {"path", "seconds"}) row.erase(key);
  return row;
}

template <typename Act>
v0::ErrorCode GetErrorCode(Act&& act) {
  try {
    act();
  } catch (const v0::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr(e.remedy()));
    return e.code();
  }
  ADD_FAILURE() << "no error";
  return v0::ErrorCode::kInternal;
}

TEST(Library, GivesTheFiguresOfTheCommandForFilesAndBuffers) {
  const Analyzer command(Backend::Create({.model = FindModelFile("fast", ".onnx"), .threads = 1}),
                         {});
  const fs::path file = kExam / "R-MLO.dcm";
  const v0::Result result = Fast().AnalyzeFile(file);
  ASSERT_TRUE(result.ok()) << result.error;
  const Result expected = command.AnalyzeFile(file).result;
  EXPECT_EQ(Figures(result.ToJson()), Figures(ResultToJson(expected).dump()));
  EXPECT_EQ(result.percent_density, expected.percent_density);
  EXPECT_EQ(result.laterality, v0::Laterality::kRight);
  EXPECT_EQ(result.view, v0::View::kMLO);

  const std::string content = ReadTextFile(file);
  const v0::Result buffered = Fast().AnalyzeBuffer(std::as_bytes(std::span(content)), "a name");
  EXPECT_EQ(buffered.name, "a name");
  EXPECT_EQ(Figures(buffered.ToJson()), Figures(result.ToJson()));
}

TEST(Library, ReadsThePictureOfAFile) {
  const fs::path file = kExam / "R-MLO.dcm";
  const v0::DisplayPicture picture = v0::ReadPicture(file);
  const Mammogram expected = ReadMammogram(file);
  EXPECT_EQ(cv::Size(picture.columns, picture.rows), expected.pixels.size());
  EXPECT_TRUE(std::equal(picture.values.begin(), picture.values.end(), expected.pixels.begin(),
                         expected.pixels.end()));
  EXPECT_EQ(picture.facts.row_spacing_mm, expected.metadata.row_spacing_mm);
  EXPECT_EQ(picture.facts.laterality, v0::Laterality::kRight);
  EXPECT_EQ(picture.facts.view, v0::View::kMLO);
  EXPECT_EQ(picture.flags, expected.metadata.flags);

  const std::string content = ReadTextFile(file);
  const v0::DisplayPicture buffered = v0::ReadPicture(std::as_bytes(std::span(content)), "a name");
  EXPECT_EQ(buffered.values, picture.values);
  EXPECT_EQ(buffered.facts.name, "a name");

  EXPECT_EQ(GetErrorCode([] { (void)v0::ReadPicture("/nowhere"); }), v0::ErrorCode::kNotFound);
  try {
    (void)v0::ReadPicture(std::as_bytes(std::span("text")), "some.dcm");
    ADD_FAILURE() << "no error";
  } catch (const v0::Error& e) {
    EXPECT_THAT(e.what(), ::testing::StartsWith("some.dcm: "));
    EXPECT_THAT(e.what(), ::testing::Not(HasSubstr("/proc")));
  }
}

TEST(Library, GivesTheInputOfTheNetwork) {
  const fs::path file = kExam / "R-MLO.dcm";
  const auto backend = Backend::Create({.model = FindModelFile("fast", ".onnx"), .threads = 1});
  const v0::NetworkInput input = Fast().PreprocessFile(file);
  const cv::Mat1f expected =
      Preprocess(ReadMammogram(file).pixels, backend->card().preprocess).input;
  ASSERT_EQ(cv::Size(input.columns, input.rows), expected.size());
  EXPECT_TRUE(std::equal(input.values.begin(), input.values.end(), expected.begin()));

  const std::string content = ReadTextFile(file);
  EXPECT_EQ(Fast().PreprocessBuffer(std::as_bytes(std::span(content))).values, input.values);
  const cv::Mat1w picture = ReadMammogram(file).pixels;
  EXPECT_EQ(Fast().PreprocessPixels(ToPixels(picture)).values, input.values);
  const cv::Mat1w blank(400, 300, std::uint16_t{0});
  EXPECT_EQ(GetErrorCode([&] { (void)Fast().PreprocessPixels(ToPixels(blank)); }),
            v0::ErrorCode::kOutOfScope);
  EXPECT_EQ(GetErrorCode([] { (void)Fast().PreprocessFile("/nowhere"); }),
            v0::ErrorCode::kNotFound);
}

TEST(Library, GivesTheFiguresOfAPictureFileForItsPixels) {
  const testing_support::ScratchFolder folder;
  const cv::Mat1w picture = ExamplePicture();
  cv::imwrite((folder.path() / "a.png").string(), picture);
  const v0::Result of_file = Fast().AnalyzeFile(folder.path() / "a.png");
  ASSERT_TRUE(of_file.ok()) << of_file.error;
  EXPECT_EQ(Figures(Fast().AnalyzePixels(ToPixels(picture)).ToJson()), Figures(of_file.ToJson()));

  const v0::Result stated = Fast().AnalyzePixels(
      ToPixels(picture), {"x", 0.1, 0.2, v0::Laterality::kLeft, v0::View::kCC});
  EXPECT_EQ(stated.percent_density, of_file.percent_density);
  EXPECT_EQ(stated.laterality, v0::Laterality::kLeft);
  ASSERT_TRUE(stated.breast_area_cm2 && stated.dense_area_cm2);
  // The labels have the size of the picture, and the areas of the result (0.02 mm2 a pixel).
  const v0::LabelMap labels = stated.Labels();
  ASSERT_EQ(labels.values.size(), picture.total());
  double breast = 0, dense = 0;
  for (const auto label : labels.values) {
    breast += label == 85 || label == 170;
    dense += label == 170;
  }
  EXPECT_NEAR(breast * 0.02 / 100, *stated.breast_area_cm2, 0.01 * *stated.breast_area_cm2);
  EXPECT_NEAR(100 * dense / breast, *stated.percent_density, 1);
}

TEST(Library, MakesAnExamOfItsFiles) {
  std::vector<fs::path> paths;
  for (const char* name : {"L-CC.dcm", "L-MLO.dcm", "R-CC.dcm"}) paths.push_back(kExam / name);
  const v0::ExamResult exam = Fast().AnalyzeExam(paths);
  ASSERT_TRUE(exam.ok()) << exam.error;
  ASSERT_EQ(exam.images.size(), 3U);
  EXPECT_THAT(exam.missing, ::testing::ElementsAre("R-MLO"));
  const double left = (*exam.images[0].percent_density + *exam.images[1].percent_density) / 2;
  EXPECT_NEAR(*exam.percent_left, left, 1e-9);
  EXPECT_NEAR(*exam.percent_density, (left + *exam.images[2].percent_density) / 2, 1e-9);
  EXPECT_EQ(nlohmann::json::parse(exam.ToJson()).at("images"), 3);

  // The caller says that these pictures without headers are one exam.
  const cv::Mat1w picture = ExamplePicture();
  const v0::Result one = Fast().AnalyzePixels(ToPixels(picture), {.name = "one"});
  const v0::Result two = Fast().AnalyzePixels(ToPixels(picture), {.name = "two"});
  const v0::ExamResult made = v0::MakeExam({one, two});
  EXPECT_NEAR(*made.percent_density, *one.percent_density, 1e-9);
  EXPECT_EQ(made.images[1].name, "two");
}

TEST(Library, ReportsErrors) {
  EXPECT_EQ(GetErrorCode([] { v0::Analyzer::Load("/nowhere.onnx"); }), v0::ErrorCode::kNotFound);
  EXPECT_EQ(GetErrorCode([] { v0::Analyzer::Load("fast", {.variants = 99}); }),
            v0::ErrorCode::kUsage);
  EXPECT_EQ(GetErrorCode([] { v0::MakeExam({}); }), v0::ErrorCode::kUsage);
  EXPECT_EQ(GetErrorCode([] { v0::MakeExam({v0::Result{}}); }), v0::ErrorCode::kUsage);
  const std::vector<std::uint16_t> values(12);
  EXPECT_EQ(GetErrorCode([&] { Fast().AnalyzePixels({values, 5, 5}); }), v0::ErrorCode::kUsage);
  EXPECT_EQ(GetErrorCode([&] {
              Fast().AnalyzePixels({values, 3, 4}, {.row_spacing_mm = -1});
            }),
            v0::ErrorCode::kUsage);
  const v0::Result blank = Fast().AnalyzePixels({values, 3, 4});
  EXPECT_THAT(blank.error, HasSubstr("grey value"));
  EXPECT_TRUE(blank.Labels().values.empty());
  EXPECT_THAT(Fast().AnalyzeFile("/nowhere.dcm").error, HasSubstr("not_found"));
  EXPECT_FALSE(Fast().AnalyzeBuffer({}).ok());
}

}  // namespace
}  // namespace mhcnn
