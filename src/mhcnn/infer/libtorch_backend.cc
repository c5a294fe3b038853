#include "mhcnn/infer/libtorch_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <opencv2/core.hpp>
#include <optional>

#include "mhcnn/base/connected_program.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/message_socket.h"
#include "mhcnn/infer/train_program.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

/// Arrays of one picture in an answer: masks, percent, category, features.
constexpr std::size_t kArrays = 4;

/// How far two ways of running one model may differ, on the drawn picture.
struct Tolerance {
  double probability;  ///< mean of a mask, and of a category
  double percent;      ///< points
  double feature;      ///< fraction of the largest feature
};
constexpr Tolerance kF32Tolerance{0.002, 0.2, 0.02}, kBf16Tolerance{0.03, 3, 0.2};
/// How often the program is started again in a run.
constexpr int kMaxRestarts = 3;

fs::path FindWeightsFile(const fs::path& model) {
  return fs::path(model).replace_extension(".safetensors");
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

/// Returns the larger value, or NaN if one of them is NaN.
double Larger(double a, double b) { return a >= b || std::isnan(a) ? a : b; }

template <typename Value>
double LargestDistance(const std::vector<Value>& a, const std::vector<Value>& b) {
  double largest = a.size() == b.size() ? 0 : 1e9;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = Larger(std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])), largest);
  return largest;
}

[[noreturn]] void ThrowOtherModel(const fs::path& model, const std::string& why) {
  throw Error(ErrorCode::kCorrupt,
              "is not of the same model as " + model.filename().string() + ": " + why,
              FindWeightsFile(model).string(),
              "write both files by one `mhcnn export --weights`, or use the device CPU");
}

class LibTorchBackend : public Backend {
 public:
  LibTorchBackend(std::vector<std::string> command, const BackendOptions& options,
                  const RunOptions& run, const ModelCard& card)
      : command_(std::move(command)), options_(options), card_(card) {
    if (run.precision != Precision::kF32)
      card_.version += std::string(" ") + PrecisionName(run.precision);
    Start();
  }

  const ModelCard& card() const override { return card_; }
  std::string Description() const override { return description_; }

  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    if (inputs.empty()) return {};
    Message request;
    for (const auto& input : inputs) request.arrays.emplace_back(input.begin(), input.end());
    const Message answer = Ask(request);
    if (answer.arrays.size() != kArrays * inputs.size())
      throw Error(ErrorCode::kInternal, "the network gave another number of outputs");
    std::vector<NetworkOutput> outputs;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      outputs.push_back(Output(&answer.arrays[kArrays * i], inputs[i].size()));
    return outputs;
  }

 private:
  void Start() {
    program_.emplace(command_);
    const auto first = ReceiveMessage(program_->socket());
    if (!first) {
      throw Error(ErrorCode::kUnsupported, "mhcnn-train, which runs the network, ended immediately",
                  "--device " + options_.device,
                  "run `mhcnn train --version` to see the reason, or use the device CPU");
    }
    if (first->error) throw Error(*first->error, first->text);
    const auto& size = card_.preprocess;
    if (first->arrays != std::vector<std::vector<float>>{{static_cast<float>(size.input_height),
                                                          static_cast<float>(size.input_width)}})
      ThrowOtherModel(options_.model, "its input has another size");
    description_ = first->text;
  }

  /// Starts the program again if it is gone, and then asks once more.
  Message Ask(const Message& request) {
    const std::lock_guard lock(mutex_);
    for (;;) {
      std::string lost = "mhcnn-train ended";
      if (program_) {
        try {
          SendMessage(program_->socket(), request);
          auto answer = ReceiveMessage(program_->socket());
          if (answer && answer->error) throw Error(*answer->error, answer->text);
          if (answer) return std::move(*answer);
          program_.reset();
        } catch (const Error& e) {
          // Of an answer that was read whole the connection is good.
          if (e.code() != ErrorCode::kIo && e.code() != ErrorCode::kCorrupt) {
            throw Error(e.code(), "the network could not be run: " + e.problem());
          }
          lost = e.problem();
          program_.reset();
        } catch (...) {
          program_.reset();  // an answer that was read in part
          throw;
        }
      }
      if (++restarts_ > kMaxRestarts) {
        throw Error(ErrorCode::kIo, "the network could not be run: " + lost,
                    "--device " + options_.device, "run again with --resume");
      }
      Start();
    }
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

  std::vector<std::string> command_;
  BackendOptions options_;
  ModelCard card_;
  std::mutex mutex_;  ///< a question and its answer
  std::optional<ConnectedProgram> program_;
  int restarts_ = 0;
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
    probability = Larger(cv::mean(apart)[0], probability);
  }
  const double percent = std::abs(found.percent.value_or(0) - expected.percent.value_or(0));
  double feature = 0;
  if (!expected.features.empty()) {  // models before 0.2 have none
    const float largest = *std::max_element(expected.features.begin(), expected.features.end());
    feature = LargestDistance(found.features, expected.features) / std::max(largest, 1e-6f);
  }
  // Written so that NaN is refused.
  if (probability <= tolerance.probability && percent <= tolerance.percent &&
      feature <= tolerance.feature)
    return;
  ThrowOtherModel(model,
                  fmt::format("the device's results differ from the processor's (by {:.3f} in "
                              "probability, {:.2f} in percent, {:.2f} in features)",
                              probability, percent, feature));
}

}  // namespace

bool IsLibTorchDevice(const std::string& device) {
  return device == "torch" || device == "cuda" || device.starts_with("cuda:");
}

std::unique_ptr<Backend> OpenLibTorchBackend(std::vector<std::string> command,
                                             const BackendOptions& options, const RunOptions& run,
                                             Backend& reference) {
  auto backend =
      std::make_unique<LibTorchBackend>(std::move(command), options, run, reference.card());
  Compare(*backend, reference, run.precision == Precision::kBf16 ? kBf16Tolerance : kF32Tolerance,
          options.model);
  return backend;
}

std::vector<std::string> LibTorchCommand(const BackendOptions& options, const RunOptions& run) {
  const TrainProgram program = FindTrainProgram();
  const fs::path weights = FindWeightsFile(options.model);
  if (!program.problem.empty())
    throw Error(ErrorCode::kNotFound, program.problem, "--device " + options.device);
  std::error_code ec;
  if (!fs::exists(weights, ec)) {
    throw Error(ErrorCode::kNotFound, "does not exist (LibTorch reads the weights from it)",
                weights.string(), "write it: mhcnn export --weights, or use the device CPU");
  }
  std::vector<std::string> command{program.path.string(), "network", fs::absolute(weights).string(),
                                   "--device", options.device == "torch" ? "cpu" : options.device};
  if (options.threads > 0)
    command.insert(command.end(), {"--threads", std::to_string(options.threads)});
  if (run.precision == Precision::kBf16) command.emplace_back("--bf16");
  return command;
}

}  // namespace mhcnn
