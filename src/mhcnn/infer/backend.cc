#include "mhcnn/infer/backend.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <openvino/openvino.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/parallel.h"

namespace mhcnn {
namespace {

/// OpenVINO's messages have many lines, with paths of its own sources; the last says what went
/// wrong.
std::string LastLine(const std::string& text) {
  const auto end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return "unknown error";
  const auto before = text.find_last_of('\n', end);
  const auto begin = before == std::string::npos ? 0 : before + 1;
  return text.substr(begin, end + 1 - begin);
}

/// The engine was compiled for these instructions and would be ended by SIGILL without them.
void RequireProcessor() {
#ifdef __x86_64__
  if (!__builtin_cpu_supports("sse4.2")) {
    throw Error(ErrorCode::kUnsupported,
                "this processor has no SSE4.2 instructions, which the inference engine needs", "",
                "use a processor of 2013 or later, which has AVX2");
  }
#endif
}

class OpenVinoBackend : public Backend {
 public:
  explicit OpenVinoBackend(const BackendOptions& options) : card_(ReadModelCard(options.model)) {
    const int threads = options.threads > 0 ? options.threads : AvailableThreads();
    ov::AnyMap properties = {ov::hint::performance_mode(ov::hint::PerformanceMode::THROUGHPUT),
                             ov::inference_num_threads(threads)};
    // bf16, which OpenVINO prefers where the processor has it, moves a percent by tenths from
    // machine to machine.
    if (options.reproducible) properties.insert(ov::hint::inference_precision(ov::element::f32));
    const auto model = Read(options.model);
    try {
      compiled_ = core_.compile_model(model, options.device, properties);
      description_ =
          fmt::format("OpenVINO {} {}, {} threads, {}", VersionText(), options.device, threads,
                      compiled_.get_property(ov::hint::inference_precision).get_type_name());
    } catch (const std::exception& e) {
      throw Error(ErrorCode::kUnsupported,
                  "cannot be run on the device " + options.device + ": " + LastLine(e.what()),
                  options.model.string(), "use the device CPU");
    }
  }

  const ModelCard& card() const override { return card_; }
  std::string Description() const override { return description_; }

  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    if (inputs.empty()) return {};
    CheckInputs(inputs);
    try {
      Lease lease(*this);
      lease.request.set_input_tensor(InputTensor(inputs));
      lease.request.infer();
      return Outputs(lease.request, inputs.size());
    } catch (const std::exception& e) {
      throw Error(ErrorCode::kInternal, "the network could not be run: " + LastLine(e.what()));
    }
  }

 private:
  /// An infer request for the time of one call; requests are kept for the next.
  struct Lease {
    explicit Lease(OpenVinoBackend& backend) : owner(backend) {
      const std::lock_guard lock(owner.mutex_);
      if (owner.idle_.empty()) {
        request = owner.compiled_.create_infer_request();
      } else {
        request = std::move(owner.idle_.back());
        owner.idle_.pop_back();
      }
    }
    ~Lease() {
      const std::lock_guard lock(owner.mutex_);
      owner.idle_.push_back(std::move(request));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    OpenVinoBackend& owner;
    ov::InferRequest request;
  };

  static std::string VersionText() {
    const std::string build = ov::get_openvino_version().buildNumber;
    return build.substr(0, build.find('-'));
  }

  /// The graph, whose input and outputs are of the shapes that the card promises.
  std::shared_ptr<ov::Model> Read(const std::filesystem::path& path) {
    const auto fail = [&](const std::string& problem) {
      throw Error(ErrorCode::kCorrupt, problem, path.string(), "copy or export the model again");
    };
    try {
      auto model = core_.read_model(path.string());
      const std::int64_t rows = card_.preprocess.input_height,
                         columns = card_.preprocess.input_width,
                         masks = static_cast<std::int64_t>(card_.masks.size());
      const auto expect = [&](const ov::Output<ov::Node>& port, const ov::PartialShape& shape) {
        if (port.get_element_type() != ov::element::f32 || port.get_partial_shape() != shape)
          fail("has an input or output that is not what its metadata say");
      };
      if (model->inputs().size() != 1) fail("has not one input");
      expect(model->input("image"), {-1, 1, rows, columns});
      if (Has(Head::kSegmentation)) expect(model->output("masks"), {-1, masks, rows, columns});
      if (Has(Head::kRegression)) expect(model->output("percent"), {-1, 1});
      if (Has(Head::kClassification)) expect(model->output("category"), {-1, 4});
      for (const auto& output : model->outputs()) {
        if (!output.get_names().contains("features")) continue;  // models before 0.2 have none
        if (output.get_element_type() != ov::element::f32 ||
            output.get_partial_shape().rank() != 2) {
          fail("has features that are no table");
        }
        has_features_ = true;
      }
      return model;
    } catch (const Error&) {
      throw;
    } catch (const std::exception& e) {
      fail("cannot be read as a network: " + LastLine(e.what()));
    }
    return nullptr;
  }

  bool Has(Head head) const { return card_.network.Has(head); }

  void CheckInputs(const std::vector<cv::Mat1f>& inputs) const {
    for (const auto& input : inputs) {
      if (input.rows != card_.preprocess.input_height ||
          input.cols != card_.preprocess.input_width || !input.isContinuous()) {
        throw Error(ErrorCode::kInternal, "the network was given an input of another size");
      }
    }
  }

  ov::Tensor InputTensor(const std::vector<cv::Mat1f>& inputs) const {
    const auto rows = static_cast<std::size_t>(card_.preprocess.input_height),
               columns = static_cast<std::size_t>(card_.preprocess.input_width);
    ov::Tensor tensor(ov::element::f32, {inputs.size(), 1, rows, columns});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      std::memcpy(tensor.data<float>() + i * rows * columns, inputs[i].data,
                  rows * columns * sizeof(float));
    }
    return tensor;
  }

  std::vector<NetworkOutput> Outputs(ov::InferRequest& request, std::size_t count) const {
    std::vector<NetworkOutput> outputs(count);
    if (Has(Head::kSegmentation)) SplitMasks(request.get_tensor("masks"), outputs);
    if (Has(Head::kRegression)) {
      const ov::Tensor percent = request.get_tensor("percent");
      for (std::size_t i = 0; i < count; ++i) outputs[i].percent = percent.data<const float>()[i];
    }
    if (Has(Head::kClassification)) {
      const ov::Tensor category = request.get_tensor("category");
      for (std::size_t i = 0; i < count; ++i) {
        const float* probabilities = category.data<const float>() + 4 * i;
        outputs[i].category.assign(probabilities, probabilities + 4);
      }
    }
    if (has_features_) {
      const ov::Tensor features = request.get_tensor("features");
      const std::size_t size = features.get_size() / count;
      for (std::size_t i = 0; i < count; ++i) {
        const float* values = features.data<const float>() + size * i;
        outputs[i].features.assign(values, values + size);
      }
    }
    return outputs;
  }

  void SplitMasks(const ov::Tensor& masks, std::vector<NetworkOutput>& outputs) const {
    const int rows = card_.preprocess.input_height, columns = card_.preprocess.input_width;
    const std::size_t area = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      for (std::size_t m = 0; m < card_.masks.size(); ++m) {
        cv::Mat1f map(rows, columns);
        std::memcpy(map.data, masks.data<const float>() + (i * card_.masks.size() + m) * area,
                    area * sizeof(float));
        outputs[i].masks.push_back(map);
      }
    }
  }

  ModelCard card_;
  std::string description_;
  bool has_features_ = false;
  ov::Core core_;
  ov::CompiledModel compiled_;
  std::mutex mutex_;
  std::vector<ov::InferRequest> idle_;
};

}  // namespace

void BackendOptions::Check() const {
  if (model.empty()) throw Error(ErrorCode::kUsage, "model names no file");
  if (device.empty()) throw Error(ErrorCode::kUsage, "device names none", "", "use CPU");
  CheckAtLeast("threads", threads, 0);
}

std::unique_ptr<Backend> Backend::Create(const BackendOptions& options) {
  options.Check();
  RequireProcessor();
#ifdef __SANITIZE_ADDRESS__
  // oneTBB otherwise opens a library with RTLD_DEEPBIND, at which AddressSanitizer ends the
  // process.
  setenv("TBB_ENABLE_SANITIZERS", "1", 0);
#endif
  return std::make_unique<OpenVinoBackend>(options);
}

}  // namespace mhcnn
