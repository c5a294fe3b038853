#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/train/recipe.h"

namespace mhcnn::testing_support {

/// Draws a data set of half-ellipses ("breasts") with a bright disc ("dense tissue") in a new
/// folder: 128 x 64 pixels, every fourth image for validation, percent density known from the masks
/// alone.
inline std::vector<Sample> DrawDataset(const std::filesystem::path& folder, int count) {
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) {
    RandomStream random(77, static_cast<std::uint64_t>(i));
    const cv::Size size(64, 128);
    cv::Mat1b breast = cv::Mat1b::zeros(size), disc = breast.clone();
    const int width = 40 + static_cast<int>(random.Integer(12));
    cv::ellipse(breast, {0, 64}, {width, 50}, 0, 0, 360, 255, cv::FILLED);
    const int radius = 4 + static_cast<int>(random.Integer(20));
    cv::circle(disc, {width / 2, 50 + static_cast<int>(random.Integer(28))}, radius, 255,
               cv::FILLED);
    const cv::Mat1b dense = disc & breast;
    cv::Mat1w picture(size);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const double level = dense(y, x) ? 3000 : breast(y, x) ? 1500 : 40;
        picture(y, x) = cv::saturate_cast<std::uint16_t>(random.Normal(level, level * 0.06));
      }
    }
    const std::string stem = std::to_string(i);
    Sample sample;
    sample.image = folder / ("image-" + stem + ".png");
    sample.breast_mask = folder / ("breast-" + stem + ".png");
    sample.dense_mask = folder / ("dense-" + stem + ".png");
    WritePng(sample.image, picture);
    WritePng(*sample.breast_mask, breast);
    WritePng(*sample.dense_mask, dense);
    const double percent = PercentDensity(breast, dense).value();
    sample.category = CategoryFromPercent(percent, {5, 15, 25});
    sample.patient_id = "p" + stem;
    sample.split = i % 4 == 3 ? "val" : "train";
    samples.push_back(sample);
  }
  WriteManifest(folder / "manifest.csv", samples);
  return samples;
}

/// Returns the smallest recipe; all four phases, with every part of training that has a state.
inline std::string SmallRecipe(const std::filesystem::path& folder, int epochs) {
  std::string toml = "data.manifest = \"" + (folder / "manifest.csv").string() + R"("
network = {encoder = "efficientnet_lite0", decoder_channels = [16, 8, 8, 8, 8], dropout = 0.2}
preprocess = {input_height = 128, input_width = 64}
optimizer = {learning_rate = 2e-3, schedule = "cosine", gradient_clip = 5}
training = {precision = "fp32", batch = 6, seed = 3, ema_decay = 0.5}
augment = {probability = 0.3, cut_off = 0, blur = 0}
)";
  const char* lambdas[] = {
      "lambda_segmentation = 1", "lambda_regression = 1, lambda_segmentation = 1",
      "lambda_classification = 1, lambda_regression = 1",
      "lambda_classification = 1, lambda_regression = 1, freeze = [\"encoder\"]"};
  const char* names[] = {"segmentation", "regression", "classification", "joint"};
  toml += "phase = [";
  for (int i = 0; i < 4; ++i) {
    toml += std::string("{name = \"") + names[i] + "\", epochs = " + std::to_string(epochs) + ", " +
            lambdas[i] + "}, ";
  }
  return toml + "]\n";
}

inline Recipe ParseRecipe(const std::string& toml) {
  Options options = Options::FromText(toml, "recipe.toml");
  return Recipe::Read(options);
}

}  // namespace mhcnn::testing_support
