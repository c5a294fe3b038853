#include "mhcnn/batch/measurement_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/base/shipped_file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::ScratchFolder;
using testing_support::ThrownCode;

TEST(MeasurementSettings, DifferInEveryResultRelevantSetting) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a.json", std::string_view("a"));
  WriteFileAtomically(folder / "b.json", std::string_view("b"));
  const MeasurementSettings settings{"m.onnx", "CPU", folder / "a.json", {}};
  const auto json = ToJson(settings);
  EXPECT_EQ(json, ToJson(settings));
  MeasurementSettings other = settings;
  other.analyze.variants = 4;
  EXPECT_NE(ToJson(other), json);
  other = settings;
  other.analyze.read.window = "2";
  EXPECT_NE(ToJson(other), json);
  other = settings;
  other.calibration = folder / "b.json";
  EXPECT_NE(ToJson(other), json);
}

TEST(MeasurementSettings, BecomeTexts) {
  const nlohmann::json json = {
      {"device", "CPU"}, {"window", ""}, {"variants", 3}, {"read_whole", false}};
  EXPECT_THAT(ToObjectSettings(json),
              ::testing::UnorderedElementsAre("device=CPU", "variants=3", "read_whole=false"));
}

TEST(MeasurementSettings, MakeAnAnalyzerOfTheModel) {
  const MeasurementSettings settings{ShippedFile("models", "mhcnn-fast.onnx"), "CPU", {}, {}};
  EXPECT_THAT(MakeAnalyzer(settings, 1).ModelName(), StartsWith("mhcnn-fast"));
  const MeasurementSettings missing{"/no/model.onnx", "CPU", {}, {}};
  EXPECT_EQ(ThrownCode([&] { MakeAnalyzer(missing, 1); }), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace mhcnn
