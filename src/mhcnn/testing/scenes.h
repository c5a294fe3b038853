#pragma once

// Pictures of known geometry for the tests of this layer.
#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/random.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn::testing_support {

/// Surroundings of a breast in a picture; grey values of 12 bits.
struct Scene {
  int rows = 900, columns = 700;
  int background = 0, tissue = 2000, noise = 20;
  bool chest_wall_left = true;
  int white_border = 0;
  bool label = true;
  int ramp = 0;           ///< the background rises by so much from the top left to the bottom right
  int grey_edge = 0;      ///< pixels of a collimator's shadow along all sides but the chest wall
  int grey_value = 1500;  ///< grey value of that shadow
  bool step_wedge = false;  ///< a density calibration wedge at the anterior edge
  bool tape = false;        ///< a thin bright line from the label to the breast
  bool slanted = false;     ///< film scanned at a slant: a white triangle in a corner
  int black_border = 0;     ///< pixels of scanner bed (value 0) around the film
  int centre = 50;          ///< height of the breast's middle, percent of the picture's
};

struct Drawn {
  GreyImage picture;
  Mask breast;
};

/// Draws a half ellipse at the chest wall with a brighter centre: geometry that is known exactly.
inline Drawn Draw(const Scene& scene) {
  Drawn drawn{GreyImage(scene.rows, scene.columns), Mask::zeros(scene.rows, scene.columns)};
  RandomStream random(1);
  cv::ellipse(drawn.breast, {0, scene.rows * scene.centre / 100},
              {scene.columns * 6 / 10, scene.rows * 4 / 10}, 0, 0, 360, 255, cv::FILLED);
  Mask label = Mask::zeros(drawn.breast.size());
  cv::Mat1s extra(drawn.breast.size(), std::int16_t{-1});
  if (scene.step_wedge) {
    for (int i = 0; i < 10; ++i) {
      cv::rectangle(extra,
                    cv::Rect(scene.columns * 88 / 100, scene.rows * (50 + 4 * i) / 100,
                             scene.columns / 12, scene.rows * 4 / 100),
                    cv::Scalar(300 + 350 * i), cv::FILLED);
    }
  }
  if (scene.tape) {
    cv::line(extra, {scene.columns * 8 / 10, scene.rows / 15}, {scene.columns / 2, scene.rows / 3},
             cv::Scalar(3500), std::max(1, scene.rows / 300));
  }
  if (scene.slanted) {
    const std::vector<cv::Point> corner{{scene.columns, scene.rows},
                                        {scene.columns * 6 / 10, scene.rows},
                                        {scene.columns, scene.rows * 9 / 10}};
    cv::fillConvexPoly(extra, corner, cv::Scalar(4000));
  }
  if (scene.grey_edge > 0) {
    cv::rectangle(extra, cv::Rect(0, 0, scene.columns, scene.grey_edge),
                  cv::Scalar(scene.grey_value), cv::FILLED);
    cv::rectangle(extra, cv::Rect(scene.columns - scene.grey_edge, 0, scene.grey_edge, scene.rows),
                  cv::Scalar(scene.grey_value), cv::FILLED);
    cv::rectangle(extra, cv::Rect(0, scene.rows - scene.grey_edge, scene.columns, scene.grey_edge),
                  cv::Scalar(scene.grey_value), cv::FILLED);
  }
  if (scene.label)
    cv::rectangle(
        label,
        cv::Rect(scene.columns * 8 / 10, scene.rows / 20, scene.columns / 8, scene.rows / 15), 255,
        cv::FILLED);
  if (!scene.chest_wall_left) {
    cv::flip(drawn.breast, drawn.breast, 1);
    cv::flip(label, label, 1);
    cv::flip(extra, extra, 1);
  }
  cv::Mat1f depth;
  cv::distanceTransform(drawn.breast, depth, cv::DIST_L2, 5);
  for (int y = 0; y < scene.rows; ++y) {
    for (int x = 0; x < scene.columns; ++x) {
      const double background = scene.background + scene.ramp * 0.5 *
                                                       (static_cast<double>(x) / scene.columns +
                                                        static_cast<double>(y) / scene.rows);
      double value = background;
      if (drawn.breast(y, x))
        value = background + scene.tissue * (0.4 + 0.6 * std::min(1.0, depth(y, x) / 200.0));
      if (label(y, x)) value = background + 1.6 * scene.tissue;
      if (extra(y, x) >= 0) value = extra(y, x);
      const int edge = std::min({y, x, scene.rows - 1 - y, scene.columns - 1 - x});
      if (edge < scene.white_border) value = 4000;
      if (edge < scene.black_border) value = 0;
      drawn.picture(y, x) = static_cast<std::uint16_t>(
          std::clamp(value + random.Normal(0, scene.noise), 0.0, 4095.0));
    }
  }
  return drawn;
}

inline double Overlap(const Mask& a, const Mask& b) {
  return static_cast<double>(cv::countNonZero(a & b)) / cv::countNonZero(a | b);
}

}  // namespace mhcnn::testing_support
