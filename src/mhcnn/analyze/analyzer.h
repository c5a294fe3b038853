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

/// Options of the measurement of a mammogram.
struct AnalyzeOptions {
  DicomReadOptions read;        ///< wanted_long_side is set by what the model needs
  bool read_whole = false;      ///< decode JPEG 2000 whole, not the resolution level that is enough
  int variants = 1;             ///< test-time augmentation: runs of the network that are averaged
  double mask_threshold = 0.5;  ///< probability above which a pixel belongs to a mask
  /// Points of percent between masks and regression head above which a flag is set.
  double heads_disagree_above = 10;
  /// Calibration in place of the model's own, which completes it; an empty one: none.
  std::optional<Calibration> calibration;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Output of the network for an image, and its distance from the images of its training.
struct Inference {
  GreyImage picture;  ///< image as it was read, or turned from a negative to a positive
  /// The network's input.
  Prepared prepared;
  /// Evidence that the image is a mammogram.
  MammogramEvidence evidence;
  /// Output of the network.
  AveragedOutput output;
  double inputs = 0;               ///< distance of the input, fraction of the training's limit
  std::optional<double> features;  ///< the same for the encoder's features, if the model has them

  /// Returns whether both distances are within their limits.
  bool InDistribution() const { return inputs <= 1 && features.value_or(0) <= 1; }
};

/// Result of a measurement, and the image that was measured.
struct Analysis {
  /// Figures and flags, or the error.
  Result result;
  /// Image, inverted if it was a negative ("inverted"); a refused one as it was read; empty if the
  /// file could not be read.
  GreyImage image;
};

/// Analysis of mammograms: gives a Result for each. Thread-safe as its backend is.
class Analyzer {
 public:
  /// Creates an analyzer of this model. It applies the calibration of the options, or else the one
  /// in the model file.
  Analyzer(std::shared_ptr<Backend> backend, AnalyzeOptions options);

  /// Measures a mammogram. Throws Error if the image cannot be measured.
  Analysis Analyze(const Mammogram& mammogram) const;
  /// Reads and analyses a file; an error becomes Result::error.
  Analysis AnalyzeFile(const std::filesystem::path& path) const;

  /// Reads a file at the resolution that the model needs. Throws Error.
  Mammogram ReadFile(const std::filesystem::path& path) const;
  /// Returns the network's input that Analyze() measures, without running the network. Throws Error
  /// if Analyze() refuses the image before it runs the network.
  Prepared PrepareInput(const Mammogram& mammogram) const;

  /// Returns the model.
  const Backend& backend() const { return *backend_; }
  /// Returns the calibration in use.
  const Calibration& calibration() const { return calibration_; }
  /// Returns name and version, as in the results, and whether the model is calibrated.
  std::string ModelName() const;

 private:
  /// Adds the time of each stage, also of stages before an error. The wait for the network's start
  /// is in no stage.
  Analysis Analyze(const Mammogram& mammogram, StageSeconds& stages) const;
  /// Does all that needs no network.
  Inference Prepare(const GreyImage& picture) const;
  void Run(Inference& reading) const;
  /// Prepares the image, or its negative if the file does not state which of the two it is and the
  /// negative is clearly the better mammogram ("polarity_inferred"). Throws Error(kOutOfScope) for
  /// an image that is no mammogram and whose file does not state it to be one.
  Inference PrepareWithPolarityCheck(const Mammogram& mammogram) const;

  std::shared_ptr<Backend> backend_;
  AnalyzeOptions options_;
  Calibration calibration_;
  InputDistribution training_inputs_;
  FeatureDistribution training_features_;
};

}  // namespace mhcnn
