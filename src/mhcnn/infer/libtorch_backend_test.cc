#include "mhcnn/infer/libtorch_backend.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "mhcnn/infer/train_program.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

constexpr int kRows = 64, kColumns = 32;

/// Gives the same masks for every picture; the first feature is its highest value.
class ConstantBackend : public Backend {
 public:
  ConstantBackend() {
    card_.name = "constant";
    card_.version = "1";
    card_.masks = {"breast", "dense", "pectoral"};
    card_.preprocess.input_height = kRows;
    card_.preprocess.input_width = kColumns;
  }
  const ModelCard& card() const override { return card_; }
  std::string Description() const override { return "test"; }
  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    std::vector<NetworkOutput> outputs;
    for (const auto& input : inputs) {
      auto& output = outputs.emplace_back();
      output.masks.assign(3, cv::Mat1f(kRows, kColumns, 0.25f));
      output.percent = 30;
      output.category = {0.1, 0.2, 0.3, 0.4};
      output.features = {*std::max_element(input.begin(), input.end()), 7};
    }
    return outputs;
  }

 private:
  ModelCard card_;
};

/// What mhcnn-train says, in Python; its behaviour is named by its argument.
constexpr const char* kProgram = R"(import socket, struct, sys
kind = sys.argv[1]
if kind == "ends": sys.exit()
s = socket.socket(fileno=0)
def get(n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more: sys.exit()
        data += more
    return data
def put(text, arrays=(), error=0):
    s.sendall(struct.pack("<IIQQ", 0x314e484d, error, len(text), len(arrays)))
    s.sendall(b"".join(struct.pack("<Q", len(a)) for a in arrays) + text.encode())
    s.sendall(b"".join(struct.pack("<%df" % len(a), *a) for a in arrays))
put("no such device" if kind == "refuses" else "LibTorch test", [[64, 32 if kind != "large" else 64]], error=1 if kind == "refuses" else 0)
asked = 0
while True:
    magic, error, text, count = struct.unpack("<IIQQ", get(24))
    lengths = struct.unpack("<%dQ" % count, get(8 * count))
    pictures = [struct.unpack("<%df" % n, get(4 * n)) for n in lengths]
    asked += 1
    if kind == "fails" and asked > 1:
        put("out of memory", error=6)
        continue
    if kind == "dies" and asked > 1 or kind == "dies often" and asked > 3: sys.exit()
    if kind == "babbles" and asked > 1:
        s.sendall(b"no message at all, and more than one of twenty-four bytes")
        continue
    answer = []
    for picture in pictures:
        area = len(picture)
        level = {"differs": 0.5, "no numbers": float("nan")}.get(kind, 0.25)
        answer += [[level] * (2 * area if kind == "short" else 3 * area), [30], [0.1, 0.2, 0.3, 0.4], [max(picture), 7]]
    put("", answer)
)";

class LibTorch : public ::testing::Test {
 protected:
  LibTorch() { std::ofstream(folder_.path() / "program.py") << kProgram; }

  std::unique_ptr<Backend> Open(const std::string& kind, Precision precision = Precision::kF32) {
    ConstantBackend reference;
    return OpenLibTorchBackend({"/usr/bin/python3", (folder_.path() / "program.py").string(), kind},
                               {.model = folder_.path() / "a.onnx", .device = "cuda"},
                               {.precision = precision}, reference);
  }

  ScratchFolder folder_;
};

TEST_F(LibTorch, GivesWhatTheProgramGives) {
  const auto backend = Open("good");
  EXPECT_EQ(backend->Description(), "LibTorch test");
  EXPECT_EQ(backend->card().version, "1");
  const auto outputs =
      backend->Run({cv::Mat1f(kRows, kColumns, 0.5f), cv::Mat1f(kRows, kColumns, 0.75f)});
  ASSERT_EQ(outputs.size(), 2u);
  ASSERT_EQ(outputs[1].masks.size(), 3u);
  EXPECT_EQ(outputs[1].masks[2].size(), cv::Size(kColumns, kRows));
  EXPECT_FLOAT_EQ(outputs[1].masks[2](kRows - 1, kColumns - 1), 0.25f);
  EXPECT_EQ(outputs[1].percent, 30);
  EXPECT_EQ(outputs[1].category.size(), 4u);
  EXPECT_THAT(outputs[0].features, ElementsAre(0.5f, 7.f));
  EXPECT_THAT(outputs[1].features, ElementsAre(0.75f, 7.f));
  EXPECT_TRUE(backend->Run({}).empty());
}

TEST_F(LibTorch, NamesBf16InTheVersion) {
  EXPECT_EQ(Open("good", Precision::kBf16)->card().version, "1 bf16");
}

TEST_F(LibTorch, RefusesWeightsThatGiveOtherResults) {
  EXPECT_THAT(ErrorMessage([&] { Open("differs"); }, ErrorCode::kCorrupt),
              HasSubstr("a.safetensors: is not of the same model as a.onnx: the device's results"));
  EXPECT_THAT(ErrorMessage([&] { Open("large"); }, ErrorCode::kCorrupt), HasSubstr("another size"));
}

TEST_F(LibTorch, SaysWhyTheProgramDoesNotStart) {
  EXPECT_THAT(ErrorMessage([&] { Open("refuses"); }, ErrorCode::kUsage),
              HasSubstr("no such device"));
  EXPECT_THAT(ErrorMessage([&] { Open("ends"); }, ErrorCode::kUnsupported),
              HasSubstr("ended immediately"));
}

TEST_F(LibTorch, ReportsFailedImageAndContinues) {
  const cv::Mat1f picture(kRows, kColumns, 0.5f);
  const auto fails = Open("fails");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(ErrorMessage([&] { fails->Run({picture}); }, ErrorCode::kLimit),
                HasSubstr("could not be run: out of memory"));
  }
  EXPECT_THAT(ErrorMessage([&] { Open("short"); }, ErrorCode::kInternal),
              HasSubstr("output of another size"));
}

TEST_F(LibTorch, RestartsExitedProgram) {
  const cv::Mat1f picture(kRows, kColumns, 0.5f);
  // Each program answers three times; the first answer of the first is of the drawn picture.
  const auto often = Open("dies often");
  for (int i = 0; i < 8; ++i) EXPECT_EQ(often->Run({picture}).size(), 1u) << i;
  // Each answers once.
  for (const char* kind : {"dies", "babbles"}) {
    const auto backend = Open(kind);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(backend->Run({picture}).size(), 1u) << kind << i;
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(ErrorMessage([&] { backend->Run({picture}); }, ErrorCode::kIo),
                  HasSubstr("run again with --resume"))
          << kind;
    }
  }
}

TEST_F(LibTorch, ServesConcurrentThreads) {
  const auto backend = Open("good");
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, level = 0.1f * static_cast<float>(i + 1)] {
      for (int k = 0; k < 5; ++k) {
        const auto outputs = backend->Run({cv::Mat1f(kRows, kColumns, level)});
        right += outputs.size() == 1 && outputs[0].features.at(0) == level;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 20);
}

TEST(LibTorchDevice, ReportsDeviceName) {
  for (const char* device : {"cuda", "cuda:0", "torch"}) EXPECT_TRUE(IsLibTorchDevice(device));
  for (const char* device : {"CPU", "GPU", "AUTO", ""}) EXPECT_FALSE(IsLibTorchDevice(device));
}

TEST(LibTorchDevice, NeedsTheWeights) {
  const TrainProgram program = FindTrainProgram();
  EXPECT_THAT(
      ErrorMessage([] { LibTorchCommand({.model = "/no/model.onnx", .device = "cuda"}, {}); },
                   ErrorCode::kNotFound),
      HasSubstr(program.problem.empty() ? "/no/model.safetensors: does not exist"
                                        : program.problem));
}

}  // namespace
}  // namespace mhcnn
