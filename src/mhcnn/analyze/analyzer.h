#pragma once

#include <memory>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/analyze/result.h"
#include "mhcnn/analyze/test_time_augmentation.h"
#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/infer/backend.h"
#include "mhcnn/infer/feature_distribution.h"
#include "mhcnn/preprocess/input_distribution.h"
#include "mhcnn/preprocess/mammogram_evidence.h"
#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// How a mammogram is measured.
struct AnalyzeOptions {
  DicomReadOptions read;        ///< wanted_long_side is set by what the model needs
  bool read_whole = false;      ///< decode JPEG 2000 whole, not the resolution level that is enough
  int variants = 1;             ///< test-time augmentation: runs of the network that are averaged
  double mask_threshold = 0.5;  ///< probability above which a pixel belongs to a mask
  /// Percent points between masks and regression head that raise a flag.
  double heads_disagree_above = 10;
  /// Before the model's own, which completes it; an empty one: none.
  std::optional<Calibration> calibration;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// What the network says of a picture, and how far that is from the pictures of its training.
struct Inference {
  GreyImage picture;  ///< as it was read, or turned from a negative to a positive
  /// The network's input.
  Prepared prepared;
  /// What speaks for a mammogram.
  MammogramEvidence evidence;
  /// What the network gave.
  AveragedOutput output;
  double inputs = 0;               ///< distance of the input, share of the training's limit
  std::optional<double> features;  ///< the same of the encoder's features, where the model has them

  /// Within both limits.
  bool InDistribution() const { return inputs <= 1 && features.value_or(0) <= 1; }
};

/// What was measured, and the image that it was measured on.
struct Analysis {
  /// Figures and flags, or the error.
  Result result;
  /// The image, inverted where it was a negative ("inverted"); of a refused one as it was read;
  /// empty where the file could not be read.
  GreyImage image;
};

/// The main job: a mammogram in, a Result out. Thread-safe as its backend is.
class Analyzer {
 public:
  /// Creates an analyzer of this model. It applies the calibration of the options, or else the one
  /// in the model file.
  Analyzer(std::shared_ptr<Backend> backend, AnalyzeOptions options);

  /// Throws Error where the image cannot be measured.
  Analysis Analyze(const Mammogram& mammogram) const;
  /// Reads and analyses a file; what goes wrong becomes Result::error.
  Analysis AnalyzeFile(const std::filesystem::path& path) const;

  /// Reads a file as finely as the model needs it. Throws Error.
  Mammogram ReadFile(const std::filesystem::path& path) const;
  /// Returns the network's input that Analyze() measures, without running the network. Throws Error
  /// where Analyze() refuses the picture before it runs the network.
  Prepared PrepareInput(const Mammogram& mammogram) const;

  /// Returns the model.
  const Backend& backend() const { return *backend_; }
  /// Returns the calibration in use.
  const Calibration& calibration() const { return calibration_; }
  /// Name and version, as in the results, and that it is calibrated.
  std::string ModelName() const;

 private:
  /// Adds the time of each stage, of those before an error too. The wait for the network's start is
  /// in none.
  Analysis Analyze(const Mammogram& mammogram, StageSeconds& stages) const;
  /// All that needs no network.
  Inference Prepare(const GreyImage& picture) const;
  void Run(Inference& reading) const;
  /// As it is, or its negative where the file does not say which of the two it is and the negative
  /// is clearly the better mammogram ("polarity_inferred"). Throws Error(kOutOfScope) for a picture
  /// that is none and whose file does not say that it is one.
  Inference PrepareWithPolarityCheck(const Mammogram& mammogram) const;

  std::shared_ptr<Backend> backend_;
  AnalyzeOptions options_;
  Calibration calibration_;
  InputDistribution training_inputs_;
  FeatureDistribution training_features_;
};

}  // namespace mhcnn
