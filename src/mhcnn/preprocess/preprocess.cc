#include "mhcnn/preprocess/preprocess.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/preprocess/breast_region.h"
#include "mhcnn/preprocess/constant_border.h"
#include "mhcnn/preprocess/image_cut.h"

namespace mhcnn {
namespace {

/// Returns the values at two percentiles of the pixels under a mask, by a full 16-bit histogram.
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

/// Places the crop at the input's left edge, the chest wall; centred vertically, aspect kept.
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

int MaxWorkingSide(const PreprocessOptions& options) {
  return 2 * std::max(options.input_height, options.input_width);
}

cv::Size WorkingSize(cv::Size picture, const PreprocessOptions& options) {
  const double most = MaxWorkingSide(options);
  const double scale = most / std::max(picture.width, picture.height);
  if (scale >= 1) return picture;
  return {std::max(1, cvRound(picture.width * scale)),
          std::max(1, cvRound(picture.height * scale))};
}

namespace {

/// A rectangle of a picture of that size, in the oriented picture.
cv::Rect ApplyOrientation(const Orientation& orientation, cv::Rect rect, cv::Size size) {
  if (orientation.transposed) {
    rect = {rect.y, rect.x, rect.height, rect.width};
    size = {size.height, size.width};
  }
  if (orientation.mirrored_x) rect.x = size.width - rect.br().x;
  if (orientation.mirrored_y) rect.y = size.height - rect.br().y;
  return rect;
}

/// Working sizes of the picture and, within it, of its part `inner`.
void PlaceInner(cv::Size source, const cv::Rect& inner, const PreprocessOptions& options,
                InputGeometry& geometry) {
  geometry.source = source;
  geometry.inner = inner;
  const cv::Size size = WorkingSize(inner.size(), options);
  const double x = static_cast<double>(size.width) / inner.width,
               y = static_cast<double>(size.height) / inner.height;
  geometry.working_inner = {cv::Point(cvRound(inner.x * x), cvRound(inner.y * y)), size};
  geometry.working = {geometry.working_inner.br().x + cvRound((source.width - inner.br().x) * x),
                      geometry.working_inner.br().y + cvRound((source.height - inner.br().y) * y)};
}

/// The network's input of a part of the picture. `coarse`: the breast in it, not oriented.
Prepared PrepareInner(const GreyImage& picture, const cv::Rect& inner,
                      const PreprocessOptions& options, Mask& coarse) {
  Prepared prepared;
  InputGeometry& geometry = prepared.geometry;
  PlaceInner(picture.size(), inner, options, geometry);
  const WorkingCopy copy = MakeWorkingCopy(picture(inner), geometry.working_inner.size());
  BreastRegion found = FindBreastRegion(copy.picture);
  const Orientation orientation = found.orientation;
  GreyImage image = orientation.Apply(copy.picture);
  coarse = found.mask;
  // As the file lies, too: only there is a pair beside each other known by its width.
  const bool several = found.several.Several();
  // All that follows sees the oriented picture alone, so that it is the same however the file lay.
  if (orientation != Orientation{}) found = FindBreastRegion(image);
  if (found.inverted) {
    double largest = 0;
    cv::minMaxLoc(image, nullptr, &largest);
    image = largest - image;
    found.background = largest - found.background;
    AddFlag(prepared.flags, Flag::kInverted);
  }
  if (found.fills_frame) AddFlag(prepared.flags, Flag::kNoBackground);
  if (several || found.several.Several()) AddFlag(prepared.flags, Flag::kSeveralBreasts);

  std::tie(prepared.low, prepared.high) =
      Percentiles(image, found.mask, options.low_percentile, options.high_percentile);
  if (prepared.high - prepared.low < 4 * copy.gain) {
    throw Error(ErrorCode::kOutOfScope, "shows no breast tissue: the region found has no contrast",
                "", "give the whole picture of one breast");
  }

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
  prepared.region = Mask::zeros(geometry.working);
  orientation.Undo(found.mask).copyTo(prepared.region(geometry.working_inner));
  prepared.frame = found.frame;
  prepared.frame += ApplyOrientation(orientation, geometry.working_inner, geometry.working).tl();
  return prepared;
}

/// The picture without its bands at these sides.
cv::Rect RemoveRegion(const ConstantBorder& border, const std::array<bool, 4>& sides) {
  const auto lines = [&](int side) { return sides[side] ? border.bands[side].lines : 0; };
  const cv::Rect inner = border.inner;
  return {inner.x + lines(kLeft), inner.y + lines(kTop), inner.width - lines(kLeft) - lines(kRight),
          inner.height - lines(kTop) - lines(kBottom)};
}

}  // namespace

Prepared Preprocess(const GreyImage& picture, const PreprocessOptions& options) {
  const ConstantBorder border = FindConstantBorder(picture);
  Mask coarse;
  Prepared prepared = PrepareInner(picture, border.inner, options, coarse);
  const auto cut = FindCutSides(border, coarse);
  const cv::Rect seen = RemoveRegion(border, cut);
  if (seen != border.inner) prepared = PrepareInner(picture, seen, options, coarse);
  if (std::ranges::find(cut, true) != cut.end()) {
    // A cut breast may fall into parts.
    RemoveFlag(prepared.flags, Flag::kSeveralBreasts);
    AddFlag(prepared.flags, Flag::kPictureCut);
  }
  bool beside = border.frame;
  for (int side = 0; side < 4; ++side)
    beside = beside || (border.filled[side].lines > 0 && !cut[side]);
  if (beside) AddFlag(prepared.flags, Flag::kFrameRemoved);
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
  cv::Mat working = mask(geometry.inner), resampled;
  const cv::Size size = geometry.working_inner.size();
  if (size != geometry.inner.size()) Resample(mask(geometry.inner), working, size);
  Resample(geometry.orientation.Apply(working)(geometry.crop), resampled, geometry.placed.size());
  Mask placed = Mask::zeros(geometry.input);
  cv::Mat(resampled > 127).copyTo(placed(geometry.placed));
  return placed;
}

cv::Mat1f MapToWorking(const cv::Mat1f& map, const InputGeometry& geometry) {
  CV_Assert(map.size() == geometry.input);
  cv::Mat enlarged;
  Resample(map(geometry.placed), enlarged, geometry.crop.size());
  const cv::Size size = geometry.working_inner.size();
  cv::Mat1f oriented = cv::Mat1f::zeros(geometry.orientation.Apply(size));
  enlarged.copyTo(oriented(geometry.crop));
  cv::Mat1f inner = geometry.orientation.Undo(oriented);
  if (size == geometry.working) return inner;
  cv::Mat1f working = cv::Mat1f::zeros(geometry.working);
  inner.copyTo(working(geometry.working_inner));
  return working;
}

cv::Mat1f MapToSource(const cv::Mat1f& map, const InputGeometry& geometry) {
  cv::Mat1f working = MapToWorking(map, geometry);
  if (geometry.working == geometry.source) return working;
  cv::Mat1f source;
  cv::resize(working, source, geometry.source, 0, 0, cv::INTER_LINEAR);
  return source;
}

}  // namespace mhcnn
