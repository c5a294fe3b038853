#include "mhcnn/report/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <thread>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/svg_text.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The numbers of the last polyline or polygon of a figure.
std::vector<std::pair<double, double>> LastPoints(const std::string& svg) {
  const auto at = svg.rfind("points=\"");
  if (at == std::string::npos) return {};
  const std::string text = svg.substr(at + 8, svg.find('"', at + 8) - at - 8);
  std::vector<std::pair<double, double>> points;
  static const std::regex pair(R"(([-\d.]+)[, ]+([-\d.]+))");
  for (auto it = std::sregex_iterator(text.begin(), text.end(), pair); it != std::sregex_iterator();
       ++it) {
    points.emplace_back(std::stod((*it)[1]), std::stod((*it)[2]));
  }
  return points;
}

TEST(Plot, CoordinatesOfTheAxesBecomePixels) {
  // 200 x 100 pixels with margins of 50, 10, 10 and 20: the axes span 140 x 70.
  Plot plot(200, 100, {0, 14, 2, "x"}, {0, 7, 1, "y"}, {50, 10, 10, 20});
  plot.Line({{0, 0}, {7, 7}, {14, 0}}, {10, 20, 30});
  const auto points = LastPoints(plot.Svg("title"));
  ASSERT_EQ(points.size(), 3u);
  // From the lower left corner: the figure's group is mirrored.
  const std::pair<double, double> truth[] = {{50, 20}, {120, 90}, {190, 20}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_NEAR(points[i].first, truth[i].first, 0.6) << i;
    EXPECT_NEAR(points[i].second, truth[i].second, 0.6) << i;
  }
}

TEST(Plot, DiscsAreRoundInPixels) {
  Plot plot(200, 100, {0, 14, 2, "x"}, {0, 700, 100, "y"}, {50, 10, 10, 20});
  plot.Discs({{7, 350}}, {10, 20, 30}, 8);
  for (const auto& [x, y] : LastPoints(plot.Svg("title"))) {
    EXPECT_NEAR(std::hypot(x - 120, y - 55), 8, 0.6);
  }
}

TEST(Plot, TextsAreEscapedAndShownAsTheyAre) {
  Plot plot(200, 100, {0, 1, 0.2, "a & b"}, {0, 1, 0.2, "#1 <y>"});
  plot.Text(0.5, 0.5, "25 % < x", {0, 0, 0});
  const std::string svg = testing_support::ShownSvg(plot.Svg("figure <1> & \"2\""));
  EXPECT_TRUE(svg.starts_with("<svg width=\"200\" height=\"100\""));
  EXPECT_TRUE(svg.ends_with("</svg>"));
  EXPECT_THAT(svg, HasSubstr("aria-label=\"figure &lt;1&gt; &amp; &quot;2&quot;\""));
  EXPECT_THAT(svg, HasSubstr("a & b"));
  EXPECT_THAT(svg, HasSubstr("#1 <y>"));
  EXPECT_THAT(svg, HasSubstr("25 % < x"));
  EXPECT_THAT(svg, Not(HasSubstr("<!DOCTYPE")));
}

TEST(Plot, FinishesOnce) {
  Plot plot(100, 100, {}, {});
  plot.Svg("one");
  EXPECT_THROW(plot.Svg("two"), Error);
}

TEST(Plot, FiguresOfSeveralThreadsAreWhole) {
  const auto draw = [](int i) {
    Plot plot(100, 100, {0, 10, 2, "x"}, {0, 10, 2, "y"});
    plot.Line({{0, 0}, {static_cast<double>(i), 10}}, {0, 0, 0});
    return plot.Svg("figure");
  };
  std::vector<std::string> alone, together(4);
  for (int i = 0; i < 4; ++i) alone.push_back(draw(i));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] { together[static_cast<std::size_t>(i)] = draw(i); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(together, alone);
}

}  // namespace
}  // namespace mhcnn
