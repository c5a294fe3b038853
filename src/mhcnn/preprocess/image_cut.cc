#include "mhcnn/preprocess/image_cut.h"

#include <algorithm>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

constexpr double kCut = 0.25;     // of the breast's extent along the side; real pictures reach 0.14
constexpr double kPadding = 0.3;  // of the side: wider bands than most padding beside a breast
constexpr double kEvident = 0.8;  // of the breast's extent, that a plain edge at the chest wall has
constexpr double kWall = 0.9;     // of the breast's extent, along a chest wall
constexpr double kEqual = 0.02;   // of the side: bands this near are of one width

struct Contact {
  int lines = 0;        // of a band there; 0: the picture's own edge
  double cut = 0;       // fraction of the breast's extent along this side that ends in a sharp step
  double fraction = 0;  // fraction of it that reaches the edge or the band, sharply or not
  double length = 0;    // the same in fractions of the picture's longer side
};

/// Pixels of the region along one of the lines counted from a side.
int RegionAt(const Mask& region, int side, int line) {
  switch (side) {
    case kTop:
      return cv::countNonZero(region.row(line));
    case kBottom:
      return cv::countNonZero(region.row(region.rows - 1 - line));
    case kLeft:
      return cv::countNonZero(region.col(line));
    default:
      return cv::countNonZero(region.col(region.cols - 1 - line));
  }
}

/// The line of the region that lies just within a band; its edge is coarse.
int LineWithin(const Mask& region, int side, const ConstantBand& band, double scale) {
  const int count = side <= kBottom ? region.rows : region.cols;
  return std::min(count - 1, static_cast<int>(band.lines / scale) + region.cols / 100 + 1);
}

/// The steps along a band's end that belong to the breast, and not to a label.
int StepsIn(const Mask& region, int side, const ConstantBand& band, double scale) {
  const int line = LineWithin(region, side, band, scale);
  int count = 0;
  for (const int step : band.steps) {
    const auto k = static_cast<int>(step / scale);
    const cv::Point at = side == kTop      ? cv::Point(k, line)
                         : side == kBottom ? cv::Point(k, region.rows - 1 - line)
                         : side == kLeft   ? cv::Point(line, k)
                                           : cv::Point(region.cols - 1 - line, k);
    if (cv::Rect({}, region.size()).contains(at) && region(at) != 0) ++count;
  }
  return count;
}

std::array<Contact, 4> Contacts(const ConstantBorder& border, const Mask& region) {
  const cv::Rect box = cv::boundingRect(region);
  std::array<Contact, 4> contacts;
  const double scale = static_cast<double>(border.inner.width) / region.cols;
  const double longer = std::max(border.inner.width, border.inner.height);
  for (int side = 0; side < 4; ++side) {
    const ConstantBand &band = border.bands[side], &filled = border.filled[side];
    const double extent = scale * std::max(1, side <= kBottom ? box.width : box.height);
    double touching = scale * RegionAt(region, side, 0), cut = 0;
    if (filled.lines > 0) {
      touching = cut = static_cast<double>(filled.steps.size());
    } else if (band.lines > 0) {
      touching = scale * RegionAt(region, side, LineWithin(region, side, band, scale));
      cut = StepsIn(region, side, band, scale);
    }
    contacts[side] = {std::max(band.lines, filled.lines), std::min(1.0, cut / extent),
                      std::min(1.0, touching / extent), touching / longer};
  }
  return contacts;
}

/// The side where the chest wall is: the longest contact. Padding beside it is of the background's
/// value; a band of another one is taken for it only where that is as long as the breast, beside it
/// in an upright picture, and nothing touches the other side.
int ChestWall(const ConstantBorder& border, const std::array<Contact, 4>& contacts) {
  const auto length = [&](int side) {
    const Contact& contact = contacts[side];
    const bool beside = side >= kLeft && border.inner.height > border.inner.width &&
                        contact.fraction > kWall && contacts[side ^ 1].fraction < kCut;
    return border.filled[side].lines > 0 && !beside ? 0.1 * contact.length : contact.length;
  };
  int wall = 0;
  for (int side = 1; side < 4; ++side) {
    if (length(side) > length(wall)) wall = side;
  }
  return wall;
}

}  // namespace

std::array<bool, 4> FindCutSides(const ConstantBorder& border, const Mask& region) {
  std::array<bool, 4> cut{};
  const auto contacts = Contacts(border, region);
  const int wall = ChestWall(border, contacts);
  for (int side = 0; side < 4; ++side) {
    const Contact& contact = contacts[side];
    if (contact.lines == 0 || contact.cut < kCut) continue;
    const double of = side <= kBottom ? border.size.height : border.size.width;
    const int other = contacts[side ^ 1].lines;
    // Above and below, or beside: a picture padded to another shape.
    if (other > 0 && std::abs(contact.lines - other) <= kEqual * of) continue;
    if (side == wall) {
      // Where little is left of a picture, the cut is longer than the chest wall.
      bool elsewhere = false;
      for (int another = 0; another < 4; ++another) {
        elsewhere = elsewhere || (another != side && contacts[another].fraction > kEvident);
      }
      if (!elsewhere || contact.lines < kPadding * of) continue;
    }
    cut[side] = true;
  }
  return cut;
}

}  // namespace mhcnn
