#include "mhcnn/infer/backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/infer/graph_cache.h"
#include "mhcnn/infer/open_backend.h"
#include "mhcnn/model/pretrained.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/formula_weights.h"
#include "mhcnn/testing/goldens.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::Golden;
using testing_support::PackageWeights;
using testing_support::ScratchFolder;

constexpr int kRows = 96, kColumns = 64, kPictures = 2, kMasks = 3, kStep = 7;

Checkpoint Formula(const std::string& encoder) {
  Checkpoint checkpoint;
  checkpoint.network.encoder = encoder;
  checkpoint.preprocess.input_height = kRows;
  checkpoint.preprocess.input_width = kColumns;
  checkpoint.provenance = nlohmann::json::object();
  checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
  return checkpoint;
}

void Write(const std::filesystem::path& path, const Checkpoint& checkpoint, bool half) {
  ModelCard card;
  card.name = "test";
  card.masks = checkpoint.network.masks;
  card.categories = {"a", "b", "c", "d"};
  card.calibration = card.training = card.provenance = nlohmann::json::object();
  WriteOnnxModel(path, checkpoint, card, {.half = half});
}

std::unique_ptr<Backend> Open(const std::filesystem::path& path) {
  BackendOptions options;
  options.model = path;
  options.threads = 2;
  return Backend::Create(options);
}

std::vector<cv::Mat1f> Pictures(const Tensor& tensor) {
  auto values = tensor.ToFloat();
  std::vector<cv::Mat1f> pictures;
  for (std::size_t i = 0; i < kPictures; ++i)
    pictures.push_back(cv::Mat1f(kRows, kColumns, values.data() + i * kRows * kColumns).clone());
  return pictures;
}

std::vector<cv::Mat1f> FormulaPictures() {
  return Pictures(FormulaTensor("image", {kPictures, 1, kRows, kColumns}));
}

double Logit(double p) { return std::log(p / (1 - p)); }

/// Largest distance from the golden outputs: of logits, which tell more than probabilities, of
/// percent / 100 and of differences between category logits.
double Distance(const std::vector<NetworkOutput>& outputs, const TensorMap& golden,
                const std::string& prefix) {
  std::vector<double> logits;
  double worst = 0;
  const auto percent = golden.at(prefix + "percent").ToFloat(),
             category = golden.at(prefix + "category").ToFloat();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(outputs[i].masks.size(), static_cast<std::size_t>(kMasks));
    for (const auto& mask : outputs[i].masks) {
      for (const float p : mask) logits.push_back(Logit(p));
    }
    worst = std::max(worst, std::abs(*outputs[i].percent / 100 - percent[i]));
    for (std::size_t c = 1; c < 4; ++c) {
      const double ours = std::log(outputs[i].category[c] / outputs[i].category[0]);
      worst = std::max(worst, std::abs(ours - (category[4 * i + c] - category[4 * i])));
    }
  }
  const auto segmentation = golden.at(prefix + "segmentation").ToFloat();
  for (std::size_t k = 0; k < segmentation.size(); ++k)
    worst = std::max(worst, std::abs(logits.at(k * kStep) - segmentation[k]));
  return worst;
}

TEST(Backend, EqualsReferenceNetwork) {
  for (const std::string encoder : {"resnet101", "efficientnet_lite0"}) {
    const ScratchFolder folder;
    const auto checkpoint = Formula(encoder);
    const auto golden = ReadSafetensors(Golden("unet_" + encoder + ".safetensors")).tensors;
    Write(folder / "full.onnx", checkpoint, false);
    const double full =
        Distance(Open(folder / "full.onnx")->Run(FormulaPictures()), golden, "eval.");
    EXPECT_LT(full, 1e-4) << encoder;
    Write(folder / "half.onnx", checkpoint, true);
    const double half =
        Distance(Open(folder / "half.onnx")->Run(FormulaPictures()), golden, "eval.");
    EXPECT_LT(half, 2e-2) << encoder;
    RecordProperty(encoder + "_full", std::to_string(full));
    std::printf("%s: fp32 weights %.1e, fp16 weights %.1e\n", encoder.c_str(), full, half);
  }
}

TEST(Backend, PretrainedEncoderEqualsReference) {
  const auto file = PackageWeights("0");
  if (file.empty()) {
    GTEST_SKIP() << "no ImageNet weights: scripts/setup installs them";
  }
  auto checkpoint = Formula("efficientnet_lite0");
  for (auto& [name, tensor] : ReadPretrained(BuildNetwork(checkpoint.network), file))
    checkpoint.weights.at(name) = tensor;
  const ScratchFolder folder;
  Write(folder / "m.onnx", checkpoint, false);
  const auto golden = ReadSafetensors(Golden("pretrained_lite0.safetensors")).tensors;
  const double distance =
      Distance(Open(folder / "m.onnx")->Run(Pictures(golden.at("image"))), golden, "");
  std::printf("pretrained: %.1e\n", distance);
  EXPECT_LT(distance, 1e-4);
}

class SmallModel : public ::testing::Test {
 protected:
  SmallModel() {
    auto checkpoint = Formula("efficientnet_lite0");
    checkpoint.network.decoder_channels = {8, 8, 8, 8, 8};
    checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
    Write(path_, checkpoint, true);
  }

  /// Opens the model with one text in it replaced by another of the same length.
  std::string GetRefusal(const std::string& text, const std::string& other, ErrorCode code) {
    auto bytes = ReadTextFile(path_);
    const auto at = bytes.find(text);
    EXPECT_NE(at, std::string::npos);
    EXPECT_EQ(text.size(), other.size());
    bytes.replace(at, text.size(), other);
    WriteFileAtomically(folder_ / "changed.onnx", bytes);
    return ErrorMessage([&] { Open(folder_ / "changed.onnx"); }, code);
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "m.onnx";
};

TEST_F(SmallModel, NamesDevice) {
  EXPECT_THAT(Open(path_)->Description(),
              ::testing::MatchesRegex("OpenVINO .* CPU, 2 threads, f32"));
}

TEST_F(SmallModel, BatchEqualsSinglePictures) {
  const auto backend = Open(path_);
  const auto pictures = FormulaPictures();
  const auto both = backend->Run(pictures);
  ASSERT_EQ(both.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto one = backend->Run({pictures[i]}).front();
    EXPECT_NEAR(*one.percent, *both[i].percent, 1e-3);
    for (int m = 0; m < kMasks; ++m) {
      EXPECT_LT(cv::norm(one.masks[static_cast<std::size_t>(m)],
                         both[i].masks[static_cast<std::size_t>(m)], cv::NORM_INF),
                1e-5);
    }
  }
  EXPECT_TRUE(backend->Run({}).empty());
}

TEST_F(SmallModel, ThreadsGetEqualOutputs) {
  const auto backend = Open(path_);
  const auto pictures = FormulaPictures();
  const double expected[] = {*backend->Run({pictures[0]})[0].percent,
                             *backend->Run({pictures[1]})[0].percent};
  std::vector<std::thread> threads;
  threads.reserve(6);
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const auto k = static_cast<std::size_t>((t + i) % 2);
        if (backend->Run({pictures[k]})[0].percent != expected[k]) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

bool Equal(const NetworkOutput& a, const NetworkOutput& b) {
  if (a.percent != b.percent || a.category != b.category || a.features != b.features) return false;
  for (std::size_t m = 0; m < a.masks.size(); ++m)
    if (cv::norm(a.masks[m], b.masks.at(m), cv::NORM_INF) != 0) return false;
  return a.masks.size() == b.masks.size() && !a.masks.empty();
}

TEST_F(SmallModel, OutputsAreTheSameBitsForAllThreadsAndStreams) {
  const cv::Mat1f picture = FormulaPictures().front();
  const NetworkOutput expected = Open(path_)->Run({picture}).front();
  for (const auto& [threads, streams] : {std::pair(1, 1), {2, 1}, {2, 2}, {4, 0}, {4, 1}}) {
    const auto backend = OpenBackend({.model = path_, .threads = threads}, {.streams = streams});
    EXPECT_TRUE(Equal(backend->Run({picture}).front(), expected)) << threads << " " << streams;
  }
}

class KeptNetwork : public SmallModel {
 protected:
  /// What a new backend with the cache says of a picture.
  NetworkOutput Output(const std::filesystem::path& model) const {
    const auto backend = OpenBackend({.model = model, .threads = 2}, {.cache = cache_});
    EXPECT_EQ(backend->Description(), Open(model)->Description());
    return backend->Run({FormulaPictures().front()}).front();
  }
  std::vector<std::filesystem::path> Files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(cache_))
      files.push_back(entry.path());
    return files;
  }

  std::filesystem::path cache_ = folder_ / "cache";
  NetworkOutput expected_ = Open(path_)->Run({FormulaPictures().front()}).front();
};

TEST_F(KeptNetwork, GivesTheSameBits) {
  EXPECT_TRUE(Equal(Output(path_), expected_));
  ASSERT_EQ(Files().size(), 1U);
  // A network that was compiled again would replace the file.
  const auto inode = [&] {
    struct stat about {};
    EXPECT_EQ(::stat(Files().front().c_str(), &about), 0);
    return about.st_ino;
  };
  const auto written = inode();
  EXPECT_TRUE(Equal(Output(path_), expected_));
  EXPECT_EQ(Files().size(), 1U);
  EXPECT_EQ(inode(), written);
}

TEST_F(KeptNetwork, DamageIsMendedAndAnotherModelIsAnotherFile) {
  Output(path_);
  const auto file = Files().at(0);
  const std::string whole = ReadTextFile(file);
  // Two exports of one network differ a little in size.
  const std::size_t least_size = whole.size() * 9 / 10;
  // A whole file of which the engine can make nothing: checksum and key are right.
  constexpr std::size_t kKeyAt = 24, kKeySize = 64;  // within the header
  GraphCache(cache_, "other").Write(std::vector<std::uint8_t>(1000, 7));
  for (const auto& other : Files()) {
    if (other == file) continue;
    std::string text = ReadTextFile(other);
    WriteFileAtomically(file, text.replace(kKeyAt, kKeySize, whole, kKeyAt, kKeySize));
    std::filesystem::remove(other);
  }
  EXPECT_TRUE(Equal(Output(path_), expected_));
  EXPECT_GT(ReadTextFile(file).size(), least_size);
  WriteFileAtomically(file, whole.substr(0, whole.size() / 2));
  EXPECT_TRUE(Equal(Output(path_), expected_));
  EXPECT_GT(ReadTextFile(file).size(), least_size);

  auto checkpoint = Formula("efficientnet_lite0");
  checkpoint.network.decoder_channels = {8, 8, 8, 8, 16};
  checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
  Write(path_, checkpoint, true);  // under the same name
  EXPECT_FALSE(Equal(Output(path_), expected_));
  EXPECT_EQ(Files().size(), 2U);
}

TEST_F(KeptNetwork, WorksWithoutWritableCache) {
  cache_ = path_ / "below a file";
  EXPECT_TRUE(Equal(Output(path_), expected_));
  cache_ = "/proc/none";
  EXPECT_TRUE(Equal(Output(path_), expected_));
}

TEST_F(KeptNetwork, AllowsConcurrentUse) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] { wrong += !Equal(Output(path_), expected_); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(Files().size(), 1U);
}

TEST_F(SmallModel, VersionStatesPrecision) {
  const cv::Mat1f picture = FormulaPictures().front();
  const auto usual = Open(path_);
  const auto bf16 = OpenBackend({.model = path_, .threads = 2}, {.precision = Precision::kBf16});
  const bool calculated = bf16->Description().find("bf16") != std::string::npos;
  EXPECT_EQ(bf16->card().version, usual->card().version + (calculated ? " bf16" : ""));
  EXPECT_EQ(bf16->card().fingerprint, usual->card().fingerprint);  // a calibration fits both
  EXPECT_NEAR(*bf16->Run({picture})[0].percent, *usual->Run({picture})[0].percent, 3);
}

TEST_F(SmallModel, RefusesInputsOfAnotherSize) {
  const auto backend = Open(path_);
  ErrorMessage([&] { backend->Run({cv::Mat1f(64, 96, 0.0f)}); }, ErrorCode::kInternal);
  ErrorMessage([&] { backend->Run({cv::Mat1f()}); }, ErrorCode::kInternal);
}

TEST_F(SmallModel, DamagedGraphsGiveOneLineError) {
  GetRefusal("GlobalAveragePool", "GlobalAveragePoof", ErrorCode::kCorrupt);
  GetRefusal("\"input_height\":96", "\"input_height\":64", ErrorCode::kCorrupt);
  GetRefusal("encoder.bn1.act", "encoder.bn1.axt", ErrorCode::kCorrupt);  // an output nobody reads
  ErrorMessage([&] { Open(folder_ / "none.onnx"); }, ErrorCode::kNotFound);
}

TEST_F(SmallModel, NamesUnknownDevice) {
  BackendOptions options;
  options.model = path_;
  options.device = "TOASTER";
  EXPECT_THAT(ErrorMessage([&] { Backend::Create(options); }, ErrorCode::kUnsupported),
              HasSubstr("TOASTER"));
}

}  // namespace
}  // namespace mhcnn
