#include "preprocess/preprocess.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "preprocess/breast_region.h"

namespace mhcnn {
namespace {

/// Values at two percentiles of the pixels under a mask, by a full 16-bit histogram.
std::pair<double, double> Percentiles(const GreyImage& image, const Mask& mask, double low,
                                      double high) {
  std::vector<std::int64_t> histogram(65536, 0);
  std::int64_t count = 0;
  for (int y = 0; y < image.rows; ++y) {
    const auto* values = image[y];
    const auto* inside = mask[y];
    for (int x = 0; x < image.cols; ++x) {
      if (!inside[x]) continue;
      ++histogram[values[x]];
      ++count;
    }
  }
  const auto at = [&](double percent) {
    const double wanted = percent / 100 * static_cast<double>(count);
    double seen = 0;
    for (std::size_t v = 0; v < histogram.size(); ++v) {
      const auto here = static_cast<double>(histogram[v]);
      if (here > 0 && seen + here >= wanted) {
        // Within one value the pixels spread evenly: 8-bit pictures get a fractional percentile.
        return static_cast<double>(v) - 0.5 + (wanted - seen) / here;
      }
      seen += here;
    }
    return 65535.0;
  };
  return {at(low), at(high)};
}

/// The region's box with a margin, within the picture.
cv::Rect CropBox(const Mask& region, double margin) {
  const cv::Rect box = cv::boundingRect(region);
  const int border = cvRound(margin * std::max(box.width, box.height));
  const cv::Rect wide(box.x - border, box.y - border, box.width + 2 * border,
                      box.height + 2 * border);
  return wide & cv::Rect(0, 0, region.cols, region.rows);
}

/// At the left edge of the input, where the chest wall is; centred vertically, aspect kept.
cv::Rect Place(cv::Size crop, cv::Size input) {
  const double scale = std::min(static_cast<double>(input.width) / crop.width,
                                static_cast<double>(input.height) / crop.height);
  const cv::Size scaled(std::clamp(cvRound(crop.width * scale), 1, input.width),
                        std::clamp(cvRound(crop.height * scale), 1, input.height));
  return {cv::Point(0, (input.height - scaled.height) / 2), scaled};
}

void Resample(const cv::Mat& from, cv::Mat& to, cv::Size size) {
  const bool smaller = size.width < from.cols || size.height < from.rows;
  cv::resize(from, to, size, 0, 0, smaller ? cv::INTER_AREA : cv::INTER_LINEAR);
}

/// Copy at the working size. So that averages of few-bit values keep their fractions, grey values
/// are stretched by `gain`.
struct WorkingCopy {
  GreyImage picture;
  double gain = 1;
};

WorkingCopy MakeWorkingCopy(const GreyImage& picture, cv::Size size) {
  WorkingCopy copy;
  if (size == picture.size()) {
    copy.picture = picture;
    return copy;
  }
  cv::Mat1f source, reduced;
  double largest = 0;
  cv::minMaxLoc(picture, nullptr, &largest);
  copy.gain = 65535 / std::max(1.0, largest);
  picture.convertTo(source, CV_32F);
  Resample(source, reduced, size);
  reduced.convertTo(copy.picture, CV_16U, copy.gain);
  return copy;
}

[[noreturn]] void BadField(const std::string& field, const std::string& problem) {
  throw Error(ErrorCode::kUsage, "preprocess." + field + " " + problem);
}

}  // namespace

void PreprocessOptions::Check() const {
  for (const auto& [side, name] :
       {std::pair{input_height, "input_height"}, {input_width, "input_width"}}) {
    if (side < 64 || side > 4096 || side % 32 != 0)
      BadField(name, "must be a multiple of 32 from 64 to 4096");
  }
  if (!(margin >= 0 && margin <= 0.5)) BadField("margin", "must lie in 0..0.5");
  if (!(low_percentile >= 0 && low_percentile < high_percentile && high_percentile <= 100)) {
    BadField("low_percentile", "and high_percentile must rise within 0..100");
  }
  if (!(clip_low <= 0 && clip_high >= 1)) BadField("clip_low", "and clip_high must enclose 0..1");
}

void to_json(nlohmann::json& json, const PreprocessOptions& o) {
  json = {{"input_height", o.input_height},
          {"input_width", o.input_width},
          {"margin", o.margin},
          {"low_percentile", o.low_percentile},
          {"high_percentile", o.high_percentile},
          {"clip_low", o.clip_low},
          {"clip_high", o.clip_high}};
}

void from_json(const nlohmann::json& json, PreprocessOptions& o) {
  nlohmann::json known;
  to_json(known, o);
  try {
    for (const auto& [key, value] : json.items()) {
      if (!known.contains(key)) {
        throw Error(ErrorCode::kCorrupt, "preprocess has the unknown field '" + key + "'", "",
                    "the model is of a newer version");
      }
    }
    json.at("input_height").get_to(o.input_height);
    json.at("input_width").get_to(o.input_width);
    json.at("margin").get_to(o.margin);
    json.at("low_percentile").get_to(o.low_percentile);
    json.at("high_percentile").get_to(o.high_percentile);
    json.at("clip_low").get_to(o.clip_low);
    json.at("clip_high").get_to(o.clip_high);
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kCorrupt, std::string("preprocess cannot be read: ") + e.what());
  }
}

cv::Size WorkingSize(cv::Size picture, const PreprocessOptions& options) {
  const double most = kWorkingFactor * std::max(options.input_height, options.input_width);
  const double scale = most / std::max(picture.width, picture.height);
  if (scale >= 1) return picture;
  return {std::max(1, cvRound(picture.width * scale)),
          std::max(1, cvRound(picture.height * scale))};
}

Prepared Preprocess(const GreyImage& picture, const PreprocessOptions& options) {
  const WorkingCopy copy = MakeWorkingCopy(picture, WorkingSize(picture.size(), options));
  BreastRegion found = FindBreastRegion(copy.picture);
  const Orientation orientation = found.orientation;
  GreyImage image = orientation.Apply(copy.picture);
  // All that follows sees the oriented picture alone, so that it is the same however the file lay.
  if (orientation != Orientation{}) found = FindBreastRegion(image);
  Prepared prepared;
  if (found.inverted) {
    double largest = 0;
    cv::minMaxLoc(image, nullptr, &largest);
    image = largest - image;
    found.background = largest - found.background;
    prepared.flags.emplace_back("inverted");
  }
  if (found.fills_frame) prepared.flags.emplace_back("no_background");

  std::tie(prepared.low, prepared.high) =
      Percentiles(image, found.mask, options.low_percentile, options.high_percentile);
  if (prepared.high - prepared.low < 4 * copy.gain) {
    throw Error(ErrorCode::kOutOfScope, "shows no breast tissue: the region found has no contrast");
  }

  InputGeometry& geometry = prepared.geometry;
  geometry.source = picture.size();
  geometry.working = copy.picture.size();
  geometry.orientation = orientation;
  geometry.crop = CropBox(found.mask, options.margin);
  geometry.input = cv::Size(options.input_width, options.input_height);
  geometry.placed = Place(geometry.crop.size(), geometry.input);

  cv::Mat1f crop;
  image(geometry.crop).convertTo(crop, CV_32F);
  crop.setTo(static_cast<float>(found.background), found.other(geometry.crop));
  cv::Mat resampled;
  Resample(crop, resampled, geometry.placed.size());
  resampled = (resampled - prepared.low) / (prepared.high - prepared.low);
  resampled = cv::min(cv::max(resampled, options.clip_low), options.clip_high);
  prepared.input = cv::Mat1f::zeros(geometry.input);
  resampled.copyTo(prepared.input(geometry.placed));

  prepared.low /= copy.gain;
  prepared.high /= copy.gain;
  prepared.region = orientation.Undo(found.mask);
  prepared.frame = found.frame;
  return prepared;
}

Mask MaskToInput(const Mask& mask, const InputGeometry& geometry) {
  if (mask.size() != geometry.source) {
    throw Error(ErrorCode::kCorrupt,
                "the mask is " + std::to_string(mask.cols) + " x " + std::to_string(mask.rows) +
                    " pixels and its picture " + std::to_string(geometry.source.width) + " x " +
                    std::to_string(geometry.source.height),
                "", "give a mask of the picture's size");
  }
  cv::Mat working = mask, resampled;
  if (geometry.working != geometry.source) Resample(mask, working, geometry.working);
  Resample(geometry.orientation.Apply(working)(geometry.crop), resampled, geometry.placed.size());
  Mask placed = Mask::zeros(geometry.input);
  cv::Mat(resampled > 127).copyTo(placed(geometry.placed));
  return placed;
}

cv::Mat1f MapToWorking(const cv::Mat1f& map, const InputGeometry& geometry) {
  CV_Assert(map.size() == geometry.input);
  cv::Mat enlarged;
  Resample(map(geometry.placed), enlarged, geometry.crop.size());
  cv::Mat1f oriented = cv::Mat1f::zeros(geometry.orientation.Apply(geometry.working));
  enlarged.copyTo(oriented(geometry.crop));
  return geometry.orientation.Undo(oriented);
}

cv::Mat1f MapToSource(const cv::Mat1f& map, const InputGeometry& geometry) {
  const cv::Mat1f working = MapToWorking(map, geometry);
  if (geometry.working == geometry.source) return working;
  cv::Mat1f source;
  cv::resize(working, source, geometry.source, 0, 0, cv::INTER_LINEAR);
  return source;
}

}  // namespace mhcnn
