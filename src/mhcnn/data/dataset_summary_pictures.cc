#include <fmt/format.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/data/dataset_summary.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/jpeg_encode.h"
#include "mhcnn/image/mask.h"
#include "mhcnn/image/mask_drawing.h"

namespace mhcnn {
namespace {

constexpr int kHeight = 300;  // pixels; wide enough to see an outline, small enough to embed

/// 8 bits between the 1st and 99.7th percentile of what is not background.
cv::Mat1b Stretched(const cv::Mat1w& picture) {
  std::vector<std::uint16_t> values(picture.begin(), picture.end());
  std::sort(values.begin(), values.end());
  const double low = values[values.size() / 100];
  const double high = values[values.size() - 1 - values.size() * 3 / 1000];
  cv::Mat1b grey;
  const double scale = 255 / std::max(1.0, high - low);
  picture.convertTo(grey, CV_8U, scale, -low * scale);
  return grey;
}

void Outline(cv::Mat3b& canvas, const std::optional<std::filesystem::path>& named,
             const cv::Scalar& colour) {
  if (!named) return;
  DrawMaskOutline(canvas, ResizeMask(ReadSampleMask(*named).mask, canvas.size()), colour);
}

SummaryPicture DrawOne(const PreparedImage& image) {
  const Sample& s = image.listed.sample;
  const GreyImage pixels = ReadMammogram(s.image).pixels;
  const int width = std::max(1, cvRound(static_cast<double>(kHeight) * pixels.cols / pixels.rows));
  cv::Mat1w small;
  cv::resize(pixels, small, {width, kHeight}, 0, 0, cv::INTER_AREA);
  cv::Mat3b canvas;
  cv::cvtColor(Stretched(small), canvas, cv::COLOR_GRAY2BGR);
  Outline(canvas, s.breast_mask, kBreastColour);
  Outline(canvas, s.pectoral_mask, kPectoralColour);
  Outline(canvas, s.dense_mask, kDenseColour);
  SummaryPicture picture;
  picture.width = width;
  picture.height = kHeight;
  picture.jpeg = EncodeJpegFile(canvas, {});
  picture.caption = fmt::format("{} {}", LateralityName(s.laterality), ViewName(s.view));
  if (s.category) picture.caption += " " + ToLetter(*s.category);
  if (s.percent_density) picture.caption += fmt::format(" {:.1f} %", *s.percent_density);
  picture.caption += fmt::format(" ({}) {}", s.split, s.image.filename().string());
  return picture;
}

}  // namespace

std::vector<SummaryPicture> DrawSummaryPictures(const std::vector<PreparedImage>& images,
                                                std::size_t count, int threads) {
  std::vector<const PreparedImage*> candidates;
  for (const auto& image : images) {
    if (image.listed.sample.dense_mask) candidates.push_back(&image);
  }
  if (candidates.size() < count) {
    candidates.clear();
    for (const auto& image : images) candidates.push_back(&image);
  }
  const auto rank = [](const PreparedImage* image) {
    const Sample& s = image->listed.sample;
    return s.percent_density.value_or(s.category ? 25.0 * ToIndex(*s.category) : -25.0);
  };
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
  const std::size_t chosen = std::min(count, candidates.size());
  std::vector<SummaryPicture> pictures(chosen);
  ParallelFor(chosen, threads, [&](std::size_t i) {
    ThrowIfInterrupted();
    const std::size_t at = chosen > 1 ? i * (candidates.size() - 1) / (chosen - 1) : 0;
    try {
      pictures[i] = DrawOne(*candidates[at]);
    } catch (const Error&) {
      // It was readable a moment ago; the page goes without.
    }
  });
  std::erase_if(pictures, [](const SummaryPicture& p) { return p.jpeg.empty(); });
  return pictures;
}

}  // namespace mhcnn
