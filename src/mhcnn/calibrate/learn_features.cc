#include "mhcnn/calibrate/learn_features.h"

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/preprocess/input_features.h"
#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

LearnedDistributions LearnDistributions(Backend& backend, const std::vector<Sample>& samples,
                                        int threads) {
  std::vector<std::vector<float>> of_sample(samples.size());
  std::vector<std::vector<double>> of_input(samples.size());
  Progress progress("features", samples.size());
  ParallelFor(samples.size(), threads, [&](std::size_t i) {
    ThrowIfInterrupted();
    progress.Advance();
    if (samples[i].split == "test") return;
    try {
      const auto prepared =
          Preprocess(ReadMammogram(samples[i].image).pixels, backend.card().preprocess);
      of_input[i] = ComputeInputFeatures(prepared.input);
      of_sample[i] = backend.Run({prepared.input}).front().features;
      if (of_sample[i].empty()) {
        throw Error(ErrorCode::kInternal,
                    "the model " + backend.card().name + " gives no features");
      }
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kInternal || e.code() == ErrorCode::kInterrupted) throw;
      spdlog::warn("left out: {}", e.WithSubject(samples[i].image.string()).what());
    }
  });
  progress.Finish();
  std::vector<std::vector<float>> train, held_out;
  std::vector<std::vector<double>> inputs;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (of_sample[i].empty()) continue;
    const bool val = samples[i].split == "val";
    (val ? held_out : train).push_back(std::move(of_sample[i]));
    if (!val) inputs.push_back(std::move(of_input[i]));
  }
  LearnedDistributions learned{InputDistribution::Fit(inputs),
                               FeatureDistribution::Fit(train, held_out)};
  if (learned.features.empty()) {
    throw Error(ErrorCode::kUsage, "only " + std::to_string(train.size()) +
                                       " training images gave features; at least " +
                                       std::to_string(FeatureDistribution::kMinImages) +
                                       " are needed");
  }
  return learned;
}

}  // namespace mhcnn
