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

/// Empty where the sample has none.
Mask ReadOwnMask(const std::optional<std::filesystem::path>& path) {
  if (!path) return {};
  try {
    return ReadSampleMask(*path);
  } catch (const Error& e) {
    throw e.WithSubject(path->string());
  }
}

cv::Mat1b InputMask(const Mask& mask, const std::optional<std::filesystem::path>& path,
                    const InputGeometry& geometry) {
  if (!path) return {};
  try {
    return MaskToInput(mask, geometry);
  } catch (const Error& e) {
    throw e.WithSubject(path->string());
  }
}

/// From the masks in the picture's own frame, where the crop cannot have cut anything.
double PercentOfMasks(const Mask& breast, const Mask& dense) {
  if (breast.empty() || breast.size() != dense.size()) return -1;
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
  const Mask breast = ReadOwnMask(sample.breast_mask), dense = ReadOwnMask(sample.dense_mask),
             pectoral = ReadOwnMask(sample.pectoral_mask);
  prepared.masks = {InputMask(breast, sample.breast_mask, input.geometry),
                    InputMask(dense, sample.dense_mask, input.geometry),
                    InputMask(pectoral, sample.pectoral_mask, input.geometry)};
  prepared.percent = sample.percent_density.value_or(PercentOfMasks(breast, dense));
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
