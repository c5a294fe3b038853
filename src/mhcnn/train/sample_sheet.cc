#include "mhcnn/train/sample_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mask.h"
#include "mhcnn/image/mask_drawing.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/loader/batch_loader.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

constexpr int kHeight = 384, kCaption = 42, kGap = 6;  // pixels
constexpr std::uint32_t kSheetDraw = 105;              // purpose of random streams

cv::Scalar MaskColour(const std::string& mask) {
  if (mask == "breast") return kBreastColour;
  if (mask == "dense") return kDenseColour;
  return kPectoralColour;
}

cv::Mat3b Background(const cv::Mat1f& input) {
  cv::Mat grey, colour;
  input.convertTo(grey, CV_8U, 255);
  cv::resize(grey, grey, {kHeight * input.cols / input.rows, kHeight}, 0, 0,
             input.rows > kHeight ? cv::INTER_AREA : cv::INTER_LINEAR);
  cv::cvtColor(grey, colour, cv::COLOR_GRAY2BGR);
  return colour;
}

void DrawMask(cv::Mat3b& canvas, const Mask& mask, const std::string& name) {
  if (mask.empty()) return;
  const Mask scaled = ResizeMask(mask, canvas.size());
  if (name == "dense") TintMask(canvas, scaled, MaskColour(name), 0.22);
  DrawMaskOutline(canvas, scaled, MaskColour(name));
}

cv::Mat3b WithCaption(const cv::Mat3b& panel, const std::string& title, const std::string& text) {
  cv::Mat3b captioned;
  cv::copyMakeBorder(panel, captioned, kCaption, 0, 0, kGap, cv::BORDER_CONSTANT, cv::Scalar());
  const auto write = [&](const std::string& line, int y, const cv::Scalar& colour) {
    cv::putText(captioned, line, {2, y}, cv::FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv::LINE_AA);
  };
  write(title, 15, {170, 170, 170});
  write(text, 33, {240, 240, 240});
  return captioned;
}

cv::Mat3b DrawLabelPanel(const SampleLabels& labels, const std::vector<cv::Mat1b>& masks,
                         const cv::Mat3b& background, const std::vector<std::string>& names) {
  cv::Mat3b panel = background.clone();
  for (std::size_t m = 0; m < names.size(); ++m) DrawMask(panel, masks[m], names[m]);
  const std::string percent = labels.percent ? fmt::format("{:.1f} % ", *labels.percent) : "";
  return WithCaption(panel, "label", percent + ToLetter(labels.category));
}

cv::Mat3b DrawPrediction(const nn::Outputs& outputs, std::int64_t i, const cv::Mat3b& background,
                         const std::vector<std::string>& names) {
  cv::Mat3b panel = background.clone();
  std::vector<cv::Mat1b> masks;
  torch::Tensor set;
  if (outputs.segmentation.defined())
    set = outputs.segmentation[i].gt(0).to(torch::kUInt8).mul(255).contiguous();
  for (std::size_t m = 0; m < names.size() && set.defined(); ++m) {
    const torch::Tensor plane = set[static_cast<std::int64_t>(m)];
    masks.emplace_back(static_cast<int>(plane.size(0)), static_cast<int>(plane.size(1)),
                       plane.data_ptr<std::uint8_t>());
    DrawMask(panel, masks.back(), names[m]);
  }
  std::string text;
  if (masks.size() >= 2) {
    const auto percent = PercentDensity(masks[0], masks[1]);
    text = percent ? fmt::format("masks {:.1f} % ", *percent) : "no breast ";
  }
  if (outputs.percent.defined())
    text += fmt::format("head {:.1f} % ", 100 * outputs.percent[i][0].item<double>());
  if (outputs.category.defined())
    text += ToLetter(CategoryFromIndex(outputs.category[i].argmax().item<std::int64_t>()));
  return WithCaption(panel, "network", text);
}

}  // namespace

std::vector<std::size_t> SelectByDensity(const Dataset& dataset, int count) {
  std::vector<std::size_t> order(dataset.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return dataset[a].percent < dataset[b].percent;
  });
  const std::size_t wanted = std::min(order.size(), static_cast<std::size_t>(count));
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < wanted; ++i)
    chosen.push_back(order[wanted > 1 ? i * (order.size() - 1) / (wanted - 1) : 0]);
  return chosen;
}

cv::Mat3b DrawSampleSheet(nn::GraphModule& network, const Dataset& dataset,
                          const std::vector<std::size_t>& samples, const ForwardOptions& forward) {
  const torch::NoGradGuard no_grad;
  const bool was_training = network.is_training();
  network.eval();
  const torch::Device device = network.parameters().front().device();
  const auto& names = network.network().options.masks;
  std::vector<cv::Mat> panels;
  for (const std::size_t index : samples) {
    const Batch one = MakeBatch(dataset, {index}, nullptr, 0, 0);
    const nn::Outputs outputs = RunForward(network, one.images.to(device), forward).Cpu();
    const Example example = dataset.Get(index);
    const cv::Mat3b background = Background(example.image);
    cv::Mat pair;
    cv::hconcat(DrawLabelPanel(dataset[index], example.masks, background, names),
                DrawPrediction(outputs, 0, background, names), pair);
    cv::copyMakeBorder(pair, pair, 0, 0, 0, 2 * kGap, cv::BORDER_CONSTANT, cv::Scalar());
    panels.push_back(pair);
  }
  network.train(was_training);
  cv::Mat sheet;
  cv::hconcat(panels, sheet);
  return sheet;
}

cv::Mat3b DrawAugmentedSheet(const Dataset& dataset, const std::vector<std::size_t>& samples,
                             const AugmentOptions& augment, std::uint64_t seed, int draws,
                             const std::vector<std::string>& masks) {
  std::vector<cv::Mat> columns;
  for (const std::size_t index : samples) {
    std::vector<cv::Mat> column;
    for (int draw = 0; draw <= draws; ++draw) {
      Example example = dataset.Get(index);
      RandomStream random(seed, index * 1000 + static_cast<std::uint64_t>(draw), kSheetDraw);
      if (draw > 0) Augment(example, augment, random);
      cv::Mat3b panel = Background(example.image);
      for (std::size_t m = 0; m < masks.size(); ++m) DrawMask(panel, example.masks[m], masks[m]);
      column.push_back(
          WithCaption(panel, draw == 0 ? fs::path(dataset[index].name).filename().string() : "",
                      draw == 0 ? "original" : fmt::format("augmented {}", draw)));
    }
    columns.emplace_back();
    cv::vconcat(column, columns.back());
  }
  cv::Mat sheet;
  cv::hconcat(columns, sheet);
  return sheet;
}

}  // namespace mhcnn
