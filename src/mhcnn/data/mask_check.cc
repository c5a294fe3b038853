#include "mhcnn/data/mask_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/data/inbreast_contours.h"
#include "mhcnn/data/mask_values.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/image/exif.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/mask.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/preprocess/breast_region.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr double kAll = 0.995;         // of an area: all of it but the rim
constexpr double kNearlyAll = 0.9;     // of what lies outside the breast, in an inverted mask
constexpr double kOnBreast = 0.5;      // of a breast mask, at least
constexpr double kSoftEdges = 0.1;     // the same of all values that are neither dark nor bright
constexpr double kMuchOutside = 0.02;  // of the breast's area

int Area(const Mask& mask) { return cv::countNonZero(mask); }

class Masks {
 public:
  Masks(const ListedImage& image, const ImageCheckOptions& options, const GreyImage& pixels,
        int orientation, ImageCheck& result)
      : image_(image),
        options_(options),
        pixels_(pixels),
        orientation_(orientation),
        result_(result) {
    try {
      region_ = FindBreastRegion(pixels).mask;
    } catch (const Error&) {
      // Said where a breast mask lies on it.
    }
  }

  void Run() {
    const Sample& sample = image_.sample;
    std::array<Used, 3> masks = {Read("breast", sample.breast_mask),
                                 Read("dense", sample.dense_mask),
                                 Read("pectoral", sample.pectoral_mask)};
    TurnAlong(masks);
    auto& [breast, dense, pectoral] = masks;
    CheckBreast(breast);
    if (sample.dense_threshold && !breast.mask.empty()) {
      dense.mask = ThresholdDense(pixels_, breast.mask, *sample.dense_threshold);
      CheckThreshold(dense.mask, breast.mask);
    } else {
      CheckDense(dense, breast.mask);
    }
    if (Covers(pectoral.mask)) LeaveOut(pectoral, "mask_full", "covers the whole picture");
    result_.breast_mask = Place(breast);
    result_.dense_mask = Place(dense);
    result_.pectoral_mask = Place(pectoral);
    DrawContour();
    Percent(breast.mask, dense.mask);
  }

 private:
  struct Used {
    const char* kind = "";
    fs::path named;  ///< as the set names it
    Mask mask;       ///< empty: none, or left out
    bool changed = false;
  };

  void Add(const char* kind, const fs::path& subject, std::string text) {
    result_.problems.push_back({kind, subject.string(), std::move(text)});
  }
  void LeaveOut(Used& used, const char* kind, const std::string& text) {
    Add(kind, StripMaskLabels(used.named), text + "; left out");
    used.mask.release();
  }
  bool Covers(const Mask& mask) const {
    return !mask.empty() && Area(mask) >= kAll * static_cast<double>(mask.total());
  }

  Used Read(const char* kind, const std::optional<fs::path>& named) {
    Used used{kind, named.value_or(""), {}, false};
    if (!named) return used;
    const fs::path file = StripMaskLabels(*named);
    try {
      const auto [mask, from_alpha] = ReadSampleMask(*named);
      used.mask = mask;
      if (from_alpha) {
        Add("mask_in_alpha", file, "its colours are constant; its alpha channel is the mask");
      }
      if (file == *named && !from_alpha) CheckValues(used);
      if (!used.mask.empty()) Fit(used);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kIo) throw;
      Add("unreadable_mask", file, e.problem() + "; left out");
      used.mask.release();
    }
    return used;
  }

  void CheckValues(Used& used) {
    const auto [labels, between] = CountMaskValues(ReadGreyImage(used.named));
    if (!labels.empty()) {
      LeaveOut(
          used, "mask_values",
          fmt::format("contains the values {}, and it is not stated which values mark the tissue; "
                      "name them in a manifest, as in {}#{}",
                      fmt::join(labels, ", "), used.named.filename().string(), labels.back()));
    } else if (between > kSoftEdges) {
      Add("mask_values", used.named,
          fmt::format("{:.0f} % of the marked pixels are neither dark nor bright; values above 127 "
                      "are used",
                      100 * between));
    }
  }

  /// Brings a mask to the picture's size where it has its shape.
  void Fit(Used& used) {
    const cv::Size size = used.mask.size();
    if (size == pixels_.size()) return;
    const fs::path file = StripMaskLabels(used.named);
    const bool lies = orientation_ >= 5 && !SameShape(size) && SameShape({size.height, size.width});
    if (lies) {
      Add("mask_turned", file,
          fmt::format(
              "{} x {} is the size of the picture as stored; the mask was rotated as the picture",
              size.width, size.height));
      used.mask = ApplyExifOrientation(used.mask, orientation_);
      used.changed = true;
    } else if (!SameShape(size)) {
      LeaveOut(used, "mask_size",
               fmt::format("has {} x {} pixels and its picture has {} x {}: the proportions differ",
                           size.width, size.height, pixels_.cols, pixels_.rows));
      return;
    }
    if (used.mask.size() == pixels_.size()) return;
    Add("mask_resampled", file,
        fmt::format("{} x {} resampled to the picture's {} x {}", used.mask.cols, used.mask.rows,
                    pixels_.cols, pixels_.rows));
    used.mask = ResizeMask(used.mask, pixels_.size());
    used.changed = true;
  }

  bool SameShape(cv::Size mask) const {
    const double x = static_cast<double>(pixels_.cols) / mask.width;
    const double y = static_cast<double>(pixels_.rows) / mask.height;
    return std::abs(x / y - 1) < 0.01;
  }

  /// Fraction of a mask that lies on the breast found in the picture.
  double OnBreast(const Mask& mask) const {
    return static_cast<double>(Area(mask & region_)) / std::max(1, Area(mask));
  }

  /// A picture turned by half or mirrored has the size it is stored with: masks drawn on the stored
  /// pixels are known by lying beside the breast.
  void TurnAlong(std::array<Used, 3>& masks) {
    if (orientation_ == 1 || region_.empty()) return;
    const Used& judge = masks[0].mask.empty() ? masks[1] : masks[0];
    if (judge.mask.empty() || judge.changed || Area(judge.mask) == 0) return;
    const Mask turned = ApplyExifOrientation(judge.mask, orientation_);
    if (turned.size() != pixels_.size()) return;
    if (OnBreast(judge.mask) >= 0.8 || OnBreast(turned) < OnBreast(judge.mask) + 0.2) return;
    for (Used& used : masks) {
      if (used.mask.empty() || used.changed) continue;
      Add("mask_turned", StripMaskLabels(used.named),
          "fits the picture as stored; the mask was rotated as the picture");
      used.mask = ApplyExifOrientation(used.mask, orientation_).clone();
      used.changed = true;
    }
  }

  void CheckBreast(Used& breast) {
    if (breast.mask.empty()) return;
    if (Area(breast.mask) == 0) return LeaveOut(breast, "empty_mask", "marks nothing");
    if (region_.empty()) {
      Add("no_breast", image_.sample.image, "no breast is found in the picture");
      return;
    }
    const double found = Area(region_);
    if (Covers(breast.mask) && found < kNearlyAll * static_cast<double>(region_.total()))
      return LeaveOut(breast, "mask_full", "covers the whole picture");
    const double on = OnBreast(breast.mask);
    if (on >= kOnBreast) return;
    const Mask inverse(~breast.mask);
    if (Area(inverse & region_) > 0.8 * found && OnBreast(inverse) > kOnBreast)
      return LeaveOut(breast, "mask_inverted", "marks everything except the breast");
    Add("mask_misplaced", StripMaskLabels(breast.named),
        fmt::format("only {:.0f} % of the breast mask lies on the breast in the picture",
                    100 * on));
  }

  void CheckDense(Used& dense, const Mask& breast) {
    if (dense.mask.empty()) return;
    const int marked = Area(dense.mask);
    if (marked == 0) {
      Add("empty_mask", StripMaskLabels(dense.named), "marks nothing: 0 % dense");
      return;
    }
    if (Covers(dense.mask)) return LeaveOut(dense, "mask_full", "covers the whole picture");
    const Mask& whole = breast.empty() ? region_ : breast;
    if (whole.empty()) return;
    const double outside = static_cast<double>(whole.total()) - Area(whole);
    const double beyond = Area(dense.mask & ~whole), inside = marked - beyond;
    if (outside > 0.05 * static_cast<double>(whole.total()) && beyond > kNearlyAll * outside)
      return LeaveOut(dense, "mask_inverted", "marks everything except the dense tissue");
    if (inside >= (breast.empty() ? 0.98 : kAll) * Area(whole))
      return LeaveOut(dense, "dense_full", "covers the whole breast: 100 % dense");
    if (breast.empty()) return;
    if (beyond > inside) {
      return LeaveOut(dense, "dense_outside",
                      fmt::format("{:.1f} % of the dense mask lies outside the breast mask",
                                  100 * beyond / marked));
    }
    if (beyond > kMuchOutside * Area(breast)) {
      Add("dense_outside", StripMaskLabels(dense.named),
          fmt::format("{:.1f} % of the dense mask lies outside the breast mask; not counted",
                      100 * beyond / marked));
    }
    CheckBrightness(dense, breast);
  }

  void CheckThreshold(const Mask& dense, const Mask& breast) {
    const int marked = Area(dense);
    if (marked != 0 && marked < kAll * Area(breast)) return;
    Add(marked == 0 ? "empty_mask" : "dense_full", image_.sample.image,
        fmt::format("its dense_threshold marks {}; kept",
                    marked == 0 ? "nothing: 0 % dense" : "the whole breast: 100 % dense"));
  }

  /// Dense tissue is brighter than fat, in a negative darker.
  void CheckBrightness(const Used& dense, const Mask& breast) {
    const Mask fat(breast & ~dense.mask);
    if (region_.empty() || Area(fat) < 64) return;
    cv::Scalar mean, deviation;
    cv::meanStdDev(pixels_, mean, deviation, breast);
    const double step = cv::mean(pixels_, dense.mask & breast)[0] - cv::mean(pixels_, fat)[0];
    const double around = cv::mean(pixels_, ~(breast | region_))[0];
    const bool negative = around > mean[0];
    if ((negative ? -step : step) < -0.2 * deviation[0]) {
      Add("dense_darker", StripMaskLabels(dense.named),
          "the marked tissue is darker than the rest of the breast: the mask may be inverted");
    }
  }

  void Percent(const Mask& breast, const Mask& dense) {
    if (breast.empty() || dense.empty()) return;
    result_.mask_percent = PercentDensity(breast, dense);
    const auto& given = image_.sample.percent_density;
    if (given && result_.mask_percent && std::abs(*given - *result_.mask_percent) > 2) {
      Add("percent_conflict", image_.sample.image,
          fmt::format("the set states {:.1f} %, its masks give {:.1f} %; the stated value is kept",
                      *given, *result_.mask_percent));
    }
  }

  /// INbreast's contour as a mask.
  void DrawContour() {
    if (!image_.pectoral_contour) return;
    try {
      const bool left = image_.sample.laterality == Laterality::kLeft;
      const Mask mask = PectoralMask(ReadContours(*image_.pectoral_contour), pixels_.size(), left);
      result_.pectoral_mask = Write("pectoral", mask).string();
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kIo) throw;
      Add("unreadable_mask", *image_.pectoral_contour, e.problem() + "; left out");
    }
  }

  /// Returns the path for the manifest: the set's own mask, or the changed one.
  std::string Place(const Used& used) const {
    if (used.mask.empty() || used.named.empty()) return "";
    return used.changed ? Write(used.kind, used.mask).string() : used.named.string();
  }
  fs::path Write(const char* kind, const Mask& mask) const {
    fs::path path = fs::absolute(options_.out) / "masks" / kind / (image_.name + ".png");
    WritePng(path, mask);
    return path;
  }

  const ListedImage& image_;
  const ImageCheckOptions& options_;
  const GreyImage& pixels_;
  const int orientation_;
  ImageCheck& result_;
  Mask region_;  ///< the breast found in the picture; empty: none
};

}  // namespace

void CheckMasks(const ListedImage& image, const ImageCheckOptions& options, const GreyImage& pixels,
                int orientation, ImageCheck& result) {
  Masks(image, options, pixels, orientation, result).Run();
}

void DropEmptyDenseMasks(const std::vector<ListedImage>& images, std::vector<ImageCheck>& results,
                         std::vector<Problem>& problems) {
  std::vector<std::size_t> with;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].dense_mask.empty()) with.push_back(i);
  }
  const auto is_empty = [&](std::size_t i) {
    const std::string file = StripMaskLabels(results[i].dense_mask).string();
    const std::string stated =
        images[i].sample.dense_mask ? StripMaskLabels(*images[i].sample.dense_mask).string() : file;
    return std::ranges::any_of(results[i].problems, [&](const Problem& p) {
      return p.kind == "empty_mask" && (p.subject == file || p.subject == stated);
    });
  };
  if (with.empty() || !std::ranges::all_of(with, is_empty)) return;
  for (const std::size_t i : with) {
    results[i].dense_mask.clear();
    results[i].mask_percent.reset();
  }
  problems.push_back(
      {"empty_masks", images[with.front()].sample.dense_mask->parent_path().string(),
       fmt::format("all {} dense mask(s) of the set are empty; left out", with.size())});
}

}  // namespace mhcnn
