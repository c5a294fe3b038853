#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// A row of a page: the right breast on the left, the left breast on the right, chest wall to chest
/// wall.
struct HangingRow {
  std::string view;                                 ///< "CC", "MLO", or "" for others
  std::array<std::optional<std::size_t>, 2> image;  ///< right, left: index among the images
};

/// Images that a page shows, and their places.
struct Hanging {
  std::vector<HangingRow> rows;       ///< one or two rows; none if there is no image
  std::vector<std::size_t> not_hung;  ///< images without a place, in their order
};

/// Chooses which images of an exam a page shows, and where: CC above MLO. Of several images of one
/// side and view the measured before the refused, the standard before the special view, then the
/// latest. Images of another view, or of unknown side, get a row of their own while there are fewer
/// than two.
Hanging HangImages(const std::vector<ExamImage>& images);

}  // namespace mhcnn
