#include "preprocess/picture_cut.h"

#include <algorithm>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

constexpr double kCut = 0.25;     // of the breast's extent along the side; real pictures reach 0.14
constexpr double kPadding = 0.3;  // of the side: wider bands than most padding beside a breast
constexpr double kEvident = 0.8;  // of the breast's extent, that a plain edge at the chest wall has
constexpr double kEqual = 0.02;   // of the side: bands this near are of one width

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

std::array<Contact, 4> Contacts(const ConstantBorder& border, const Mask& region) {
  const cv::Rect box = cv::boundingRect(region);
  std::array<Contact, 4> contacts;
  const double scale = static_cast<double>(border.inner.width) / region.cols;
  const double longer = std::max(border.inner.width, border.inner.height);
  for (int side = 0; side < 4; ++side) {
    const ConstantBand& band = border.bands[side];
    const double extent = scale * std::max(1, side <= kBottom ? box.width : box.height);
    Contact& contact = contacts[side];
    contact.lines = std::max(band.lines, border.filled[side]);
    const double pixels = band.lines > 0 ? band.steps : scale * Touching(region, side);
    contact.share = std::min(1.0, pixels / extent);
    contact.length = pixels / longer;
  }
  return contacts;
}

}  // namespace

std::array<bool, 4> CutSides(const ConstantBorder& border, const Mask& region) {
  std::array<bool, 4> cut{};
  const auto contacts = Contacts(border, region);
  // Padding beside a chest wall is of the background's value; another value seldom is.
  const auto weight = [&](int side) {
    return border.filled[side] > 0 ? 0.5 * contacts[side].length : contacts[side].length;
  };
  int wall = 0;
  for (int side = 1; side < 4; ++side) {
    if (weight(side) > weight(wall)) wall = side;
  }
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
