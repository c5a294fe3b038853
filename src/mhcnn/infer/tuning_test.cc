#include "mhcnn/infer/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <functional>
#include <sstream>

#include "mhcnn/base/file.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/shipped_file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

const Tuning kChoice{Precision::kBf16, 3, 2};

std::filesystem::path Model(const std::string& name = "mhcnn-fast") {
  return ShippedFile("models", name + ".onnx");
}

/// What is logged meanwhile.
std::string GetWarning(const std::function<void()>& work) {
  std::ostringstream text;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  work();
  spdlog::set_default_logger(before);
  return text.str();
}

TEST(Tuning, IsKeptForThisMachineAndModel) {
  const ScratchFolder folder;
  const auto file = folder / "new" / "tune.json";
  EXPECT_FALSE(ReadTuning(file, Model()).has_value());
  WriteTuning(file, Model(), {{kChoice, 12.5}}, kChoice);
  EXPECT_EQ(ReadTuning(file, Model()), kChoice);
  EXPECT_FALSE(ReadTuning(file, Model("mhcnn-accurate")).has_value());
  std::string text = ReadTextFile(file);
  EXPECT_THAT(text, HasSubstr("12.5"));
  text.replace(text.find("\"machine\": \"") + 12, 1, "~");
  WriteFileAtomically(file, text);
  EXPECT_FALSE(ReadTuning(file, Model()).has_value());
}

TEST(Tuning, IgnoresDamageWithAWarning) {
  const ScratchFolder folder;
  const auto file = folder / "tune.json";
  WriteTuning(file, Model(), {}, kChoice);
  const std::string whole = ReadTextFile(file);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const std::string& text :
       {std::string(), whole.substr(0, whole.size() / 2), changed("bf16", "int4"),
        changed("\"threads\": 3", "\"threads\": -3"), changed("tuning/2", "tuning/9"),
        std::string("{"), std::string("null"), std::string("[]"),
        std::string(R"({"format":"mhcnn-tuning/1"})")}) {
    WriteFileAtomically(file, text);
    EXPECT_THAT(GetWarning([&] { EXPECT_FALSE(ReadTuning(file, Model())); }),
                AllOf(HasSubstr(file.string()), HasSubstr("run mhcnn tune again, or delete it")));
  }
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  EXPECT_THAT(GetWarning([&] { EXPECT_FALSE(ReadTuning(file, Model())); }), HasSubstr("delete it"));
}

TEST(Tuning, KeepsDefaultUnlessClearlyFaster) {
  const Tuning usual, other{Precision::kF32, 2, 1};
  EXPECT_EQ(ChooseBestTrial({{usual, 10}, {other, 10.2}}).tuning, usual);
  EXPECT_EQ(ChooseBestTrial({{usual, 10}, {other, 11}, {kChoice, 9}}).tuning, other);
  ErrorMessage([] { ChooseBestTrial({}); }, ErrorCode::kInternal);
}

TEST(Tuning, TriesAllWays) {
  TuneOptions options;
  options.model = Model();
  options.seconds = 0.01;
  std::size_t told = 0;
  const auto trials = RunTuningTrials(options, [&](const TuningTrial&) { ++told; });
  EXPECT_EQ(told, trials.size());
  ASSERT_GE(trials.size(), 2U);
  EXPECT_EQ(trials.front().tuning, Tuning());
  for (const auto& trial : trials) {
    EXPECT_GT(trial.images_per_second, 0);
    EXPECT_EQ(trial.tuning.precision, Precision::kF32);
  }
}

}  // namespace
}  // namespace mhcnn
