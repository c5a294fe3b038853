#include "mhcnn/results/hanging_protocol.h"

#include <algorithm>
#include <tuple>

#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

constexpr std::size_t kRows = 2;

bool IsStandard(const Result& image) {
  return !HasSpecialViewFlag(image.flags) && !HasFlag(image.flags, Flag::kImplantDisplaced);
}

/// Greater: to be shown before others.
auto Rank(const Result& image) {
  const auto& taken = image.metadata.acquisition;
  return std::tuple(image.ok(), IsStandard(image), taken.date, taken.time, taken.series_number,
                    taken.instance_number);
}

/// Right, left: where a side hangs.
std::size_t Column(Laterality side) { return side == Laterality::kLeft ? 1 : 0; }

}  // namespace

Hanging HangImages(const std::vector<ExamImage>& images) {
  std::vector<bool> hung(images.size());
  Hanging hanging;
  for (const View view : {View::kCC, View::kMLO}) {
    HangingRow row{.view = ViewName(view), .image = {}};
    for (const Laterality side : {Laterality::kRight, Laterality::kLeft}) {
      auto& place = row.image[Column(side)];
      for (std::size_t i = 0; i < images.size(); ++i) {
        const auto& metadata = images[i].result.metadata;
        if (metadata.view != view || metadata.laterality != side) continue;
        if (!place || Rank(images[i].result) > Rank(images[*place].result)) place = i;
      }
      if (place) hung[*place] = true;
    }
    if (row.image[0] || row.image[1]) hanging.rows.push_back(row);
  }
  // Whatever has no place of its own, the measured first.
  for (const bool measured : {true, false}) {
    for (std::size_t i = 0; i < images.size(); ++i) {
      const auto& metadata = images[i].result.metadata;
      const bool shown_already = metadata.view != View::kUnknown && metadata.view != View::kOther &&
                                 metadata.laterality != Laterality::kUnknown;
      if (hung[i] || shown_already || images[i].result.ok() != measured) continue;
      const bool known = metadata.laterality != Laterality::kUnknown;
      std::size_t column = Column(metadata.laterality);
      const bool extra = !hanging.rows.empty() && hanging.rows.back().view.empty();
      if (extra && !known && hanging.rows.back().image[column]) column = 1 - column;
      if (!extra || hanging.rows.back().image[column]) {
        if (hanging.rows.size() == kRows) continue;
        hanging.rows.push_back({});
        column = Column(metadata.laterality);
      }
      hanging.rows.back().image[column] = i;
      hung[i] = true;
    }
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!hung[i]) hanging.not_hung.push_back(i);
  }
  return hanging;
}

}  // namespace mhcnn
