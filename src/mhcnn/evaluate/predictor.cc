#include "mhcnn/evaluate/predictor.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/results/overlay.h"

namespace mhcnn {
namespace {

void CheckSize(const Mask& mask, const std::optional<std::filesystem::path>& named, cv::Size size) {
  if (mask.empty() || mask.size() == size) return;
  throw Error(ErrorCode::kCorrupt,
              fmt::format("the true mask has {} x {} pixels, its picture {} x {}", mask.cols,
                          mask.rows, size.width, size.height),
              named.value_or("").string(), "give masks of the picture's own size");
}

Prediction PredictByOtsu(const Sample& sample) {
  Prediction prediction;
  prediction.method = "Otsu within the true breast";
  try {
    ReadPicture(sample, prediction);
    if (!sample.breast_mask) {
      throw Error(ErrorCode::kUsage, "the baseline needs a true breast mask");
    }
    const Mask breast = ReadTruth(sample, prediction.size).breast;
    prediction.dense = SegmentDenseByOtsu(prediction.pixels, breast);
    prediction.percent = PercentDensity(breast, prediction.dense);
  } catch (const Error& e) {
    prediction.error = ErrorText(e);
  }
  return prediction;
}

struct Constants {
  std::optional<double> percent;
  std::optional<DensityCategory> category;
  std::optional<std::array<double, 4>> frequencies;
};

Constants ComputeConstants(const std::vector<Sample>& train) {
  Constants constants;
  double sum = 0;
  int percent_densities = 0;
  std::array<double, 4> counts{};
  for (const Sample& sample : train) {
    if (const auto percent = TruePercent(sample)) {
      sum += *percent;
      ++percent_densities;
    }
    if (sample.category) ++counts[static_cast<std::size_t>(*sample.category)];
  }
  if (percent_densities > 0) constants.percent = sum / percent_densities;
  const double categories = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (categories > 0) {
    constants.category = MostProbableCategory(counts);
    for (double& count : counts) count /= categories;
    constants.frequencies = counts;
  }
  return constants;
}

}  // namespace

Predictor ModelPredictor(const Analyzer& analyzer) {
  return [&analyzer](const Sample& sample) {
    Prediction prediction;
    const auto [result, image] = analyzer.AnalyzeFile(sample.image);
    prediction.pixels = image;
    prediction.metadata = result.metadata;
    prediction.size = result.size;
    prediction.method = analyzer.ModelName();
    prediction.error = result.error;
    if (!result.ok()) return prediction;
    // By way of the picture that `predict` writes, so that its folder is scored the same.
    if (!result.breast.empty()) SplitLabelMap(LabelMap(result), prediction);
    prediction.percent = result.percent_density;
    prediction.percents_by_threshold = result.percents_by_threshold;
    prediction.regression = result.percent_regression;
    prediction.category = result.category;
    if (result.category) prediction.probabilities = result.probabilities;
    prediction.category_range = result.category_range;
    return prediction;
  };
}

Predictor OtsuPredictor() { return PredictByOtsu; }

Predictor ConstantPredictor(const std::vector<Sample>& train) {
  const Constants constants = ComputeConstants(train);
  if (!constants.percent && !constants.category) {
    throw Error(ErrorCode::kUsage, "no sample of the split 'train' has a percent or a category",
                "--baseline mean", "name samples of the manifest as train");
  }
  return [constants](const Sample& sample) {
    Prediction prediction;
    prediction.method = "mean percent and majority class of the training split";
    try {
      ReadPicture(sample, prediction);
    } catch (const Error& e) {
      prediction.error = ErrorText(e);
    }
    prediction.percent = constants.percent;
    prediction.category = constants.category;
    prediction.probabilities = constants.frequencies;
    return prediction;
  };
}

void ReadPicture(const Sample& sample, Prediction& prediction) {
  Mammogram mammogram = ReadMammogram(sample.image);
  prediction.metadata = std::move(mammogram.metadata);
  prediction.pixels = std::move(mammogram.pixels);
  prediction.size = prediction.pixels.size();
}

SampleMasks ReadTruth(const Sample& sample) {
  // A threshold speaks of the file's own pixels, of which a method may have read fewer.
  return ReadSampleMasks(sample,
                         sample.dense_threshold ? ReadMammogram(sample.image).pixels : GreyImage());
}

SampleMasks ReadTruth(const Sample& sample, cv::Size size) {
  SampleMasks masks = ReadTruth(sample);
  CheckSize(masks.breast, sample.breast_mask, size);
  CheckSize(masks.dense, sample.dense_mask, size);
  CheckSize(masks.pectoral, sample.pectoral_mask, size);
  return masks;
}

std::optional<double> TruePercent(const Sample& sample, const SampleMasks& masks) {
  if (sample.percent_density) return sample.percent_density;
  if (masks.dense.empty() || masks.breast.empty()) return std::nullopt;
  return PercentDensity(masks.breast, masks.dense);
}

std::optional<double> TruePercent(const Sample& sample) {
  return sample.percent_density ? sample.percent_density : TruePercent(sample, ReadTruth(sample));
}

Mask SegmentDenseByOtsu(const GreyImage& picture, const Mask& breast) {
  cv::Mat1b grey;
  double low = 0, high = 0;
  cv::minMaxLoc(picture, &low, &high, nullptr, nullptr, breast);
  const double scale = 255 / std::max(1.0, high - low);
  picture.convertTo(grey, CV_8U, scale, -low * scale);
  std::vector<uchar> inside;
  for (int y = 0; y < grey.rows; ++y) {
    for (int x = 0; x < grey.cols; ++x) {
      if (breast(y, x)) inside.push_back(grey(y, x));
    }
  }
  if (inside.empty()) return Mask::zeros(picture.size());
  cv::Mat scratch;
  const double threshold =
      cv::threshold(cv::Mat(inside), scratch, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
  return (grey > threshold) & breast;
}

GreyImage ResizeToFile(const GreyImage& picture, cv::Size size) {
  if (picture.empty() || picture.size() == size) return picture;
  GreyImage full;
  cv::resize(picture, full, size);
  return full;
}

void SplitLabelMap(const cv::Mat1b& labels, Prediction& prediction) {
  TissueRegions regions = SplitLabelMap(labels);
  prediction.breast = std::move(regions.breast);
  prediction.dense = std::move(regions.dense);
  prediction.pectoral = std::move(regions.pectoral);
}

}  // namespace mhcnn
