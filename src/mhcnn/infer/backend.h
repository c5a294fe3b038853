#pragma once

#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/model/onnx/model_file.h"

namespace mhcnn {

/// Model to run, and the device that runs it.
struct BackendOptions {
  /// ONNX file that `mhcnn export` wrote.
  std::filesystem::path model;
  /// OpenVINO's name of the device, or one of LibTorch (infer/libtorch_backend.h).
  std::string device = "CPU";
  int threads = 0;           ///< number of threads; 0: all that the process may use
  bool reproducible = true;  ///< fp32 arithmetic; false lets the device choose a lower precision

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Outputs of the network for one image; empty if the model does not have the head.
struct NetworkOutput {
  /// Probability maps in the order of ModelCard::masks, of the input's size.
  std::vector<cv::Mat1f> masks;
  std::optional<double> percent;  ///< regression head, 0..100
  std::vector<double> category;   ///< probabilities a to d
  std::vector<float> features;    ///< features of the encoder, for FeatureDistribution
};

/// Network of a model file that can be run; the concrete types are in .cc files only.
class Backend {
 public:
  /// Returns a network that is ready to run. Throws Error: kNotFound, kCorrupt, kUnsupported,
  /// kLimit.
  static std::unique_ptr<Backend> Create(const BackendOptions& options);
  virtual ~Backend() = default;
  /// Returns the metadata of the model.
  virtual const ModelCard& card() const = 0;
  /// Waits until the network can run. Throws Error if it cannot be set up: kUnsupported,
  /// kLimit.
  virtual void WaitUntilReady() const {}
  /// Returns a description: "OpenVINO 2026.4 CPU, 2 threads, f32".
  virtual std::string Description() const = 0;
  /// Runs the network on inputs of card().preprocess size. Thread-safe.
  virtual std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) = 0;
};

}  // namespace mhcnn
