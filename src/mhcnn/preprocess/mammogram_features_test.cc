#include "mhcnn/preprocess/mammogram_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

std::vector<double> MeasureFigures(const GreyImage& picture) {
  return ComputeMammogramFeatures(picture, Preprocess(picture, PreprocessOptions{}));
}

double Figure(const std::vector<double>& figures, const std::string& name) {
  const auto& names = MammogramFeatureNames();
  return figures.at(static_cast<std::size_t>(std::ranges::find(names, name) - names.begin()));
}

TEST(ComputeMammogramFeatures, HaveUniqueNames) {
  const auto figures = MeasureFigures(testing_support::Draw({}).picture);
  const auto& names = MammogramFeatureNames();
  EXPECT_EQ(figures.size(), names.size());
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const double figure : figures) EXPECT_TRUE(std::isfinite(figure));
}

TEST(ComputeMammogramFeatures, MatchGeometryOfHalfEllipse) {
  // A quarter of pi of its box, convex; its front is the circle x = sqrt(1 - y^2).
  const auto figures = MeasureFigures(testing_support::Draw({}).picture);
  EXPECT_NEAR(Figure(figures, "shape.extent"), CV_PI / 4, 0.03);
  EXPECT_GT(Figure(figures, "shape.solidity"), 0.97);
  EXPECT_NEAR(Figure(figures, "shape.wall_contact"), 1, 0.05);
  EXPECT_EQ(Figure(figures, "shape.front_touch"), 0);
  EXPECT_LT(Figure(figures, "shape.bow"), -0.5);
}

TEST(ComputeMammogramFeatures, DoNotDependOnMirroring) {
  const GreyImage picture = testing_support::Draw({}).picture;
  GreyImage mirrored;
  cv::flip(picture, mirrored, 1);
  const auto figures = MeasureFigures(picture), of_mirrored = MeasureFigures(mirrored);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    EXPECT_NEAR(figures[i], of_mirrored[i], 0.05 + 0.05 * std::abs(figures[i]))
        << MammogramFeatureNames()[i];
  }
}

}  // namespace
}  // namespace mhcnn
