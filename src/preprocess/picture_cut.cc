#include "preprocess/picture_cut.h"

#include <algorithm>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

constexpr double kCut = 0.25;      // of the breast's extent along the side; real pictures reach 0.14
constexpr double kPadding = 0.3;   // of the side: wider bands than most padding beside a breast
constexpr double kEvident = 0.8;   // of the breast's extent, that a plain edge at the chest wall has
constexpr double kWall = 0.9;      // of the breast's extent, along a chest wall
constexpr double kEqual = 0.02;    // of the side: bands this near are of one width

struct Contact {
  int lines = 0;      // of a band there; 0: the picture's own edge
  double share = 0;   // of the breast's extent along this side
  double length = 0;  // share of the picture's longer side
};

/// Pixels of the region along one side, at most one line within.
int Touching(const Mask& region, int side) {
  switch (side) {
    case kTop:
      return cv::countNonZero(region.row(0));
    case kBottom:
      return cv::countNonZero(region.row(region.rows - 1));
    case kLeft:
      return cv::countNonZero(region.col(0));
    default:
      return cv::countNonZero(region.col(region.cols - 1));
  }
}

/// The steps along a band's end that belong to the breast, and not to a label.
int StepsIn(const Mask& region, int side, const ConstantBand& band, double scale) {
  const int within = region.cols / 100 + 1;  // the region's edge is coarse
  const auto line = static_cast<int>(band.lines / scale) + within;
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
    const double pixels = filled.lines > 0 ? static_cast<double>(filled.steps.size())
                          : band.lines > 0 ? StepsIn(region, side, band, scale)
                                           : scale * Touching(region, side);
    contacts[side] = {std::max(band.lines, filled.lines), std::min(1.0, pixels / extent),
                      pixels / longer};
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
                        contact.share > kWall && contacts[side ^ 1].share < kCut;
    return border.filled[side].lines > 0 && !beside ? 0.1 * contact.length : contact.length;
  };
  int wall = 0;
  for (int side = 1; side < 4; ++side) {
    if (length(side) > length(wall)) wall = side;
  }
  return wall;
}

}  // namespace

std::array<bool, 4> CutSides(const ConstantBorder& border, const Mask& region) {
  std::array<bool, 4> cut{};
  const auto contacts = Contacts(border, region);
  const int wall = ChestWall(border, contacts);
  for (int side = 0; side < 4; ++side) {
    const Contact& contact = contacts[side];
    if (contact.lines == 0 || contact.share < kCut) continue;
    const double of = side <= kBottom ? border.size.height : border.size.width;
    const int other = contacts[side ^ 1].lines;
    // Above and below, or beside: a picture padded to another shape.
    if (other > 0 && std::abs(contact.lines - other) <= kEqual * of) continue;
    if (side == wall) {
      // Where little is left of a picture, the cut is longer than the chest wall.
      const bool elsewhere = std::ranges::any_of(
          contacts, [](const Contact& c) { return c.lines == 0 && c.share > kEvident; });
      if (!elsewhere || contact.lines < kPadding * of) continue;
    }
    cut[side] = true;
  }
  return cut;
}

}  // namespace mhcnn
