#include "mhcnn/infer/libtorch_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/connected_program.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/message_socket.h"
#include "mhcnn/base/shipped_file.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

/// Arrays of one picture in an answer: masks, percent, category, features.
constexpr std::size_t kArrays = 4;

/// How far two ways of running one model may differ, on the drawn picture.
struct Tolerance {
  double probability, percent;
};
constexpr Tolerance kF32Tolerance{0.002, 0.2}, kBf16Tolerance{0.03, 3};

fs::path WeightsOf(const fs::path& model) {
  return fs::path(model).replace_extension(".safetensors");
}

std::vector<std::string> Command(const BackendOptions& options, const RunOptions& run) {
  const fs::path program = OwnFile().parent_path() / "mhcnn-train",
                 weights = WeightsOf(options.model);
  std::error_code ec;
  if (!fs::exists(program, ec)) {
    throw Error(ErrorCode::kNotFound,
                "needs mhcnn-train in " + program.parent_path().string() + ", which is not there",
                "--device " + options.device, "install it, or use the device CPU");
  }
  if (!fs::exists(weights, ec)) {
    throw Error(ErrorCode::kNotFound, "is not there: LibTorch reads the weights from it",
                weights.string(), "write it: mhcnn export --weights, or use the device CPU");
  }
  std::vector<std::string> command{program.string(), "network", fs::absolute(weights).string(),
                                   "--device", options.device == "torch" ? "cpu" : options.device};
  if (options.threads > 0)
    command.insert(command.end(), {"--threads", std::to_string(options.threads)});
  if (run.precision == Precision::kBf16) command.emplace_back("--bf16");
  return command;
}

/// A picture that looks a little like a breast: bright strands in a half ellipse.
cv::Mat1f DrawProbe(const PreprocessOptions& preprocess) {
  cv::Mat1f picture = cv::Mat1f::zeros(preprocess.input_height, preprocess.input_width);
  const double rows = picture.rows, columns = picture.cols;
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const double v = 2 * y / rows - 1, u = x / (0.8 * columns), r = u * u + v * v;
      if (r < 1)
        picture(y, x) = static_cast<float>(0.5 + 0.3 * std::sin(9 * u) * std::cos(7 * v) - 0.3 * r);
    }
  }
  return picture;
}

double LargestDistance(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = a.size() == b.size() ? 0 : 1e9;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

[[noreturn]] void FailOfAnotherModel(const fs::path& model, const std::string& why) {
  throw Error(ErrorCode::kCorrupt,
              "is not of the same model as " + model.filename().string() + ": " + why,
              WeightsOf(model).string(),
              "write both files by one `mhcnn export --weights`, or use the device CPU");
}

class LibTorchBackend : public Backend {
 public:
  LibTorchBackend(const std::vector<std::string>& command, const BackendOptions& options,
                  const RunOptions& run, const ModelCard& card)
      : options_(options), card_(card), program_(command) {
    if (run.precision != Precision::kF32)
      card_.version += std::string(" ") + PrecisionName(run.precision);
    const auto first = ReceiveMessage(program_.socket());
    if (!first) {
      throw Error(ErrorCode::kUnsupported,
                  "mhcnn-train, which is to run the network, ended at once",
                  "--device " + options.device,
                  "see what `mhcnn train --version` says, or use the device CPU");
    }
    if (first->failed) throw Error(ErrorCode::kUsage, first->text);
    const auto& size = card_.preprocess;
    if (first->arrays != std::vector<std::vector<float>>{{static_cast<float>(size.input_height),
                                                          static_cast<float>(size.input_width)}})
      FailOfAnotherModel(options.model, "its input has another size");
    description_ = first->text;
  }

  const ModelCard& card() const override { return card_; }
  std::string Description() const override { return description_; }

  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    if (inputs.empty()) return {};
    const Message answer = Ask(inputs);
    std::vector<NetworkOutput> outputs;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      outputs.push_back(Output(&answer.arrays[kArrays * i], inputs[i].size()));
    return outputs;
  }

 private:
  Message Ask(const std::vector<cv::Mat1f>& inputs) {
    Message request;
    for (const auto& input : inputs) request.arrays.emplace_back(input.begin(), input.end());
    std::optional<Message> answer;
    try {
      const std::lock_guard lock(mutex_);
      SendMessage(program_.socket(), request);
      answer = ReceiveMessage(program_.socket());
    } catch (const Error& e) {
      throw Error(ErrorCode::kInternal, "the network could not be run: " + e.problem());
    }
    if (!answer || answer->failed || answer->arrays.size() != kArrays * inputs.size()) {
      throw Error(ErrorCode::kInternal,
                  "the network could not be run: " +
                      (answer && answer->failed ? answer->text : "mhcnn-train ended"));
    }
    return std::move(*answer);
  }

  /// Throws where an output is not of the size that the card promises.
  NetworkOutput Output(const std::vector<float>* arrays, cv::Size size) const {
    const auto expect = [](const std::vector<float>& values, bool there, std::size_t count) {
      if (values.size() != (there ? count : 0))
        throw Error(ErrorCode::kInternal, "the network gave an output of another size");
    };
    const auto area = static_cast<std::size_t>(size.area());
    expect(arrays[0], card_.network.Has(Head::kSegmentation), area * card_.masks.size());
    expect(arrays[1], card_.network.Has(Head::kRegression), 1);
    expect(arrays[2], card_.network.Has(Head::kClassification), 4);
    NetworkOutput output;
    for (std::size_t at = 0; at < arrays[0].size(); at += area) {
      cv::Mat1f& map = output.masks.emplace_back(size);
      std::memcpy(map.data, arrays[0].data() + at, area * sizeof(float));
    }
    if (!arrays[1].empty()) output.percent = arrays[1][0];
    output.category.assign(arrays[2].begin(), arrays[2].end());
    output.features = arrays[3];
    return output;
  }

  BackendOptions options_;
  ModelCard card_;
  std::mutex mutex_;  ///< a question and its answer
  ConnectedProgram program_;
  std::string description_;
};

/// Throws Error(kCorrupt) where the two do not give the same for the drawn picture.
void Compare(Backend& backend, Backend& reference, const Tolerance& tolerance,
             const fs::path& model) {
  const cv::Mat1f probe = DrawProbe(reference.card().preprocess);
  const NetworkOutput found = backend.Run({probe}).front(),
                      expected = reference.Run({probe}).front();
  double probability = LargestDistance(found.category, expected.category);
  for (std::size_t i = 0; i < expected.masks.size(); ++i) {
    cv::Mat1f apart;
    cv::absdiff(found.masks[i], expected.masks[i], apart);
    probability = std::max(probability, cv::mean(apart)[0]);
  }
  const double percent = std::abs(found.percent.value_or(0) - expected.percent.value_or(0));
  // Written so that values that are no numbers are refused.
  if (probability <= tolerance.probability && percent <= tolerance.percent) return;
  FailOfAnotherModel(model, fmt::format("the device's results differ from the processor's (by "
                                        "{:.3f} in probability, {:.2f} in percent)",
                                        probability, percent));
}

}  // namespace

bool IsLibTorchDevice(const std::string& device) {
  return device == "torch" || device == "cuda" || device.starts_with("cuda:");
}

std::unique_ptr<Backend> OpenLibTorchBackend(const std::vector<std::string>& command,
                                             const BackendOptions& options, const RunOptions& run,
                                             Backend& reference) {
  auto backend = std::make_unique<LibTorchBackend>(command, options, run, reference.card());
  Compare(*backend, reference, run.precision == Precision::kBf16 ? kBf16Tolerance : kF32Tolerance,
          options.model);
  return backend;
}

std::unique_ptr<Backend> OpenLibTorchBackend(const BackendOptions& options, const RunOptions& run,
                                             Backend& reference) {
  return OpenLibTorchBackend(Command(options, run), options, run, reference);
}

}  // namespace mhcnn
