#include "train/dataset.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "data/masks.h"
#include "dicom/reader.h"

namespace mhcnn {
namespace {

constexpr double kLevels = 65535;

cv::Mat1b ReadInputMask(const std::optional<std::filesystem::path>& path,
                        const InputGeometry& geometry) {
  if (!path) return {};
  try {
    return MaskToInput(ReadSampleMask(*path), geometry);
  } catch (const Error& e) {
    throw e.WithSubject(path->string());
  }
}

/// From the masks in the picture's own frame, where the crop cannot have cut anything.
double PercentOfMasks(const Sample& sample) {
  const Mask breast = ReadSampleMask(*sample.breast_mask),
             dense = ReadSampleMask(*sample.dense_mask);
  if (breast.size() != dense.size()) return -1;
  const int area = cv::countNonZero(breast);
  return area > 0 ? 100.0 * cv::countNonZero(dense & breast) / area : -1;
}

PreparedSample Prepare(const Sample& sample, const PreprocessOptions& options) {
  PreparedSample prepared;
  prepared.name = sample.image.string();
  Prepared input;
  try {
    input = Preprocess(ReadMammogram(sample.image).pixels, options);
  } catch (const Error& e) {
    throw e.WithSubject(prepared.name);
  }
  const double range = options.clip_high - options.clip_low;
  input.input.convertTo(prepared.image, CV_16U, kLevels / range,
                        -options.clip_low * kLevels / range);
  prepared.masks = {ReadInputMask(sample.breast_mask, input.geometry),
                    ReadInputMask(sample.dense_mask, input.geometry),
                    ReadInputMask(sample.pectoral_mask, input.geometry)};
  prepared.percent = sample.percent_density.value_or(-1);
  if (prepared.percent < 0 && sample.breast_mask && sample.dense_mask)
    prepared.percent = PercentOfMasks(sample);
  prepared.category = sample.category.value_or(-1);
  return prepared;
}

}  // namespace

Dataset::Dataset(const std::vector<Sample>& samples, const PreprocessOptions& preprocess,
                 const std::string& label)
    : preprocess_(preprocess), samples_(samples.size()) {
  Progress progress("read " + label, samples.size());
  ParallelFor(samples.size(), 0, [&](std::size_t i) {
    ThrowIfInterrupted();
    samples_[i] = Prepare(samples[i], preprocess_);
    progress.Advance();
  });
}

Example Dataset::Get(std::size_t i) const {
  Example example;
  const double range = preprocess_.clip_high - preprocess_.clip_low;
  samples_[i].image.convertTo(example.image, CV_32F, range / kLevels, preprocess_.clip_low);
  for (const auto& mask : samples_[i].masks) example.masks.push_back(mask.clone());
  return example;
}

}  // namespace mhcnn
