#include "mhcnn/infer/backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <future>
#include <mutex>
#include <openvino/openvino.hpp>
#include <optional>
#include <sstream>
#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/infer/graph_cache.h"
#include "mhcnn/infer/libtorch_backend.h"
#include "mhcnn/infer/open_backend.h"
#include "mhcnn/infer/shortage.h"

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
                "use a processor of 2009 or later");
  }
#endif
}

class OpenVinoBackend : public Backend {
 public:
  OpenVinoBackend(const BackendOptions& options, const RunOptions& run)
      : digest_(Digest(options, run)),
        card_(ReadModelCard(options.model)),
        options_(options),
        run_(run),
        threads_(options.threads > 0 ? options.threads : AvailableThreads()) {
    if (run_.precision == Precision::kBf16 && !HasBf16()) run_.precision = Precision::kF32;
    if (run_.precision != Precision::kF32)
      card_.version += std::string(" ") + PrecisionName(run_.precision);
    OpenCache();
    if (cache_) {
      if (GraphBytes graph = cache_->Read(); graph.data) {
        ready_ = std::async(std::launch::async, [this, kept = std::move(graph)]() mutable {
                   Import(std::move(kept));
                 }).share();
        return;
      }
    }
    auto graph = Read(options_.model);
    if (options_.device != "CPU") {
      Compile(graph);  // the device may not be there
      return;
    }
    ready_ = std::async(std::launch::async, [this, read = std::move(graph)] {
               Compile(read);
               keep_ = cache_.has_value();
             }).share();
  }

  ~OpenVinoBackend() override {
    if (ready_.valid()) ready_.wait();
    if (keep_) Keep();
  }

  OpenVinoBackend(const OpenVinoBackend&) = delete;
  OpenVinoBackend& operator=(const OpenVinoBackend&) = delete;

  const ModelCard& card() const override { return card_; }

  void WaitUntilReady() const override { Ready(); }

  std::string Description() const override {
    Ready();
    return description_;
  }

  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    if (inputs.empty()) return {};
    CheckInputs(inputs);
    Ready();
    try {
      Lease lease(*this);
      std::vector<NetworkOutput> outputs;
      // One by one: on processors a batch is no faster, and a network of a fixed size starts
      // faster.
      for (const auto& input : inputs) {
        std::memcpy(lease.request.get_input_tensor().data<float>(), input.data,
                    input.total() * sizeof(float));
        lease.request.infer();
        outputs.push_back(Output(lease.request));
      }
      return outputs;
    } catch (const std::exception& e) {
      if (const auto shortage = ShortageError(e)) throw *shortage;
      throw Error(ErrorCode::kInternal, "the network could not be run: " + LastLine(e.what()));
    }
  }

 private:
  /// Returns when the network is compiled.
  void Ready() const {
    if (ready_.valid()) ready_.get();
  }

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

  ov::AnyMap Properties() const {
    ov::AnyMap properties = {ov::inference_num_threads(threads_)};
    if (run_.streams > 0) {
      properties.insert(ov::num_streams(run_.streams));
    } else {
      properties.insert(ov::hint::performance_mode(ov::hint::PerformanceMode::THROUGHPUT));
    }
    // bf16, which OpenVINO prefers where the processor has it, moves a percent by tenths from
    // machine to machine.
    if (run_.precision == Precision::kBf16) {
      properties.insert(ov::hint::inference_precision(ov::element::bf16));
    } else if (options_.reproducible) {
      properties.insert(ov::hint::inference_precision(ov::element::f32));
    }
    return properties;
  }

  /// Whether the device calculates in bf16 by itself.
  bool HasBf16() {
    try {
      const auto abilities = core_.get_property(options_.device, ov::device::capabilities);
      return std::ranges::find(abilities, "BF16") != abilities.end();
    } catch (const std::exception&) {
      return false;
    }
  }

  static bool UsesCache(const BackendOptions& options, const RunOptions& run) {
    return !run.cache.empty() && options.device == "CPU";
  }

  /// SHA-256 of the model for the cache's key, calculated while the card is read.
  static std::future<std::string> Digest(const BackendOptions& options, const RunOptions& run) {
    // What is no plain file, or too large for a model, would be read for long: it is refused.
    std::error_code ec;
    if (!UsesCache(options, run) || !std::filesystem::is_regular_file(options.model, ec) ||
        std::filesystem::file_size(options.model, ec) > kMaxModelBytes) {
      return {};
    }
    return std::async(std::launch::async, [model = options.model] { return FileSha256(model); });
  }

  /// A cache that cannot be used is no failure: the network is compiled.
  void OpenCache() {
    if (!digest_.valid()) return;
    try {
      key_ = CacheKey(digest_.get());
      cache_.emplace(run_.cache, key_);
    } catch (const Error&) {
      throw;  // the model cannot be read
    } catch (const std::exception&) {
      cache_.reset();
    }
  }

  /// All that a compiled network depends on.
  std::string CacheKey(const std::string& digest) {
    std::string key =
        fmt::format("{}\n{}\n{} {} {} {}\n", ov::get_openvino_version().buildNumber, digest,
                    threads_, run_.streams, PrecisionName(run_.precision), options_.reproducible);
    key += core_.get_property("CPU", ov::device::full_name) + "\n";
    for (const auto& ability : core_.get_property("CPU", ov::device::capabilities))
      key += ability + " ";
    return key;
  }

  void Compile(const std::shared_ptr<ov::Model>& model) {
    try {
      compiled_ = core_.compile_model(model, options_.device, Properties());
      Describe();
    } catch (const std::exception& e) {
      if (const auto shortage = ShortageError(e, options_.model.string())) throw *shortage;
      throw Error(ErrorCode::kUnsupported,
                  "cannot be run on the device " + options_.device + ": " + LastLine(e.what()),
                  options_.model.string(), options_.device == "CPU" ? "" : "use the device CPU");
    }
  }

  /// A network from the cache, or where the engine refuses it, from the model.
  void Import(GraphBytes kept) {
    try {
      kept_ = std::move(kept);
      compiled_ = core_.import_model(ov::Tensor(ov::element::u8, {kept_.size}, kept_.data.get()),
                                     options_.device, Properties());
      CheckPorts(compiled_, 1);
      Describe();
    } catch (const std::exception&) {
      Compile(Read(options_.model));
      keep_ = true;
    }
  }

  void Keep() noexcept {
    try {
      std::ostringstream graph;
      compiled_.export_model(graph);
      const std::string_view bytes = graph.view();
      // Another model may lie there by now.
      if (CacheKey(FileSha256(options_.model)) == key_)
        cache_->Write({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    } catch (const std::exception&) {
      // The next start compiles again.
    }
  }

  void Describe() {
    description_ =
        fmt::format("OpenVINO {} {}, {} threads, {}", VersionText(), options_.device, threads_,
                    compiled_.get_property(ov::hint::inference_precision).get_type_name());
  }

  /// Throws Error(kCorrupt) where input and outputs are not of the shapes that the card promises.
  template <typename Graph>
  void CheckPorts(const Graph& graph, const ov::Dimension& pictures) {
    const auto fail = [&](const char* problem) {
      throw Error(ErrorCode::kCorrupt, problem, options_.model.string(),
                  "copy or export the model again");
    };
    const std::int64_t rows = card_.preprocess.input_height, columns = card_.preprocess.input_width,
                       masks = static_cast<std::int64_t>(card_.masks.size());
    const auto expect = [&](const auto& port, const ov::PartialShape& shape) {
      if (port.get_element_type() != ov::element::f32 || port.get_partial_shape() != shape)
        fail("has an input or output that does not match its metadata");
    };
    if (graph.inputs().size() != 1) fail("does not have exactly one input");
    expect(graph.input("image"), {pictures, 1, rows, columns});
    if (Has(Head::kSegmentation)) expect(graph.output("masks"), {pictures, masks, rows, columns});
    if (Has(Head::kRegression)) expect(graph.output("percent"), {pictures, 1});
    if (Has(Head::kClassification)) expect(graph.output("category"), {pictures, 4});
    for (const auto& output : graph.outputs()) {
      if (!output.get_names().contains("features")) continue;  // models before 0.2 have none
      if (output.get_element_type() != ov::element::f32 || output.get_partial_shape().rank() != 2)
        fail("has features that are not a table");
      has_features_ = true;
    }
  }

  /// The graph, for one picture at a time.
  std::shared_ptr<ov::Model> Read(const std::filesystem::path& path) {
    try {
      auto model = core_.read_model(path.string());
      CheckPorts(*model, -1);
      model->reshape({1, 1, card_.preprocess.input_height, card_.preprocess.input_width});
      return model;
    } catch (const Error&) {
      throw;
    } catch (const std::exception& e) {
      if (const auto shortage = ShortageError(e, path.string())) throw *shortage;
      throw Error(ErrorCode::kCorrupt, "cannot be read as a network: " + LastLine(e.what()),
                  path.string(), "copy or export the model again");
    }
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

  NetworkOutput Output(ov::InferRequest& request) const {
    NetworkOutput output;
    if (Has(Head::kSegmentation)) output.masks = Masks(request.get_tensor("masks"));
    if (Has(Head::kRegression))
      output.percent = request.get_tensor("percent").data<const float>()[0];
    if (Has(Head::kClassification)) {
      const float* probabilities = request.get_tensor("category").data<const float>();
      output.category.assign(probabilities, probabilities + 4);
    }
    if (has_features_) {
      const ov::Tensor features = request.get_tensor("features");
      const float* values = features.data<const float>();
      output.features.assign(values, values + features.get_size());
    }
    return output;
  }

  std::vector<cv::Mat1f> Masks(const ov::Tensor& tensor) const {
    const int rows = card_.preprocess.input_height, columns = card_.preprocess.input_width;
    const std::size_t area = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    std::vector<cv::Mat1f> masks;
    for (std::size_t m = 0; m < card_.masks.size(); ++m) {
      cv::Mat1f map(rows, columns);
      std::memcpy(map.data, tensor.data<const float>() + m * area, area * sizeof(float));
      masks.push_back(map);
    }
    return masks;
  }

  std::future<std::string> digest_;  ///< of the model, where there is a cache
  ModelCard card_;
  BackendOptions options_;
  RunOptions run_;
  int threads_;
  std::optional<GraphCache> cache_;
  std::string key_;    ///< of the cache
  bool keep_ = false;  ///< the network was compiled and belongs into the cache
  std::string description_;
  bool has_features_ = false;
  ov::Core core_;
  GraphBytes kept_;  ///< what the engine may still read from
  ov::CompiledModel compiled_;
  std::mutex mutex_;
  std::vector<ov::InferRequest> idle_;
  std::shared_future<void> ready_;  ///< last, as it uses the others
};

}  // namespace

const char* PrecisionName(Precision precision) {
  return precision == Precision::kBf16 ? "bf16" : "f32";
}

void BackendOptions::Check() const {
  if (model.empty()) throw Error(ErrorCode::kUsage, "model names no file");
  if (device.empty()) throw Error(ErrorCode::kUsage, "device is empty", "", "use CPU");
  CheckAtLeast("threads", threads, 0);
}

void RunOptions::Check() const { CheckAtLeast("streams", streams, 0); }

std::unique_ptr<Backend> OpenBackend(const BackendOptions& options, const RunOptions& run) {
  options.Check();
  run.Check();
  RequireProcessor();
#ifdef __SANITIZE_ADDRESS__
  // oneTBB otherwise opens a library with RTLD_DEEPBIND, at which AddressSanitizer ends the
  // process.
  setenv("TBB_ENABLE_SANITIZERS", "1", 0);
#endif
  if (IsLibTorchDevice(options.device)) {
    auto command = LibTorchCommand(options, run);
    BackendOptions processor = options;
    processor.device = "CPU";
    OpenVinoBackend reference(processor, {.streams = 1, .cache = run.cache});
    return OpenLibTorchBackend(std::move(command), options, run, reference);
  }
  return std::make_unique<OpenVinoBackend>(options, run);
}

std::unique_ptr<Backend> Backend::Create(const BackendOptions& options) {
  auto backend = OpenBackend(options, {});
  backend->WaitUntilReady();
  return backend;
}

}  // namespace mhcnn
