#include "mhcnn/preprocess/mammogram_figures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

std::vector<double> FiguresOf(const GreyImage& picture) {
  return MammogramFigures(picture, Preprocess(picture, PreprocessOptions{}));
}

double Figure(const std::vector<double>& figures, const std::string& name) {
  const auto& names = MammogramFigureNames();
  return figures.at(static_cast<std::size_t>(std::ranges::find(names, name) - names.begin()));
}

TEST(MammogramFigures, HaveUniqueNames) {
  const auto figures = FiguresOf(testing_support::Draw({}).picture);
  const auto& names = MammogramFigureNames();
  EXPECT_EQ(figures.size(), names.size());
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const double figure : figures) EXPECT_TRUE(std::isfinite(figure));
}

TEST(MammogramFigures, MatchGeometryOfHalfEllipse) {
  // A quarter of pi of its box, convex; its front is the circle x = sqrt(1 - y^2).
  const auto figures = FiguresOf(testing_support::Draw({}).picture);
  EXPECT_NEAR(Figure(figures, "shape.extent"), CV_PI / 4, 0.03);
  EXPECT_GT(Figure(figures, "shape.solidity"), 0.97);
  EXPECT_NEAR(Figure(figures, "shape.wall_contact"), 1, 0.05);
  EXPECT_EQ(Figure(figures, "shape.front_touch"), 0);
  EXPECT_LT(Figure(figures, "shape.bow"), -0.5);
}

TEST(MammogramFigures, DoNotDependOnMirroring) {
  const GreyImage picture = testing_support::Draw({}).picture;
  GreyImage mirrored;
  cv::flip(picture, mirrored, 1);
  const auto figures = FiguresOf(picture), of_mirrored = FiguresOf(mirrored);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    EXPECT_NEAR(figures[i], of_mirrored[i], 0.05 + 0.05 * std::abs(figures[i]))
        << MammogramFigureNames()[i];
  }
}

}  // namespace
}  // namespace mhcnn
