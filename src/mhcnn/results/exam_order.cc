#include "mhcnn/results/exam_order.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace mhcnn {
namespace {

/// Pairs as they hang: right before left, CC before MLO.
int HangingRank(const MammogramMetadata& metadata) {
  const int view = metadata.view == View::kCC ? 0 : metadata.view == View::kMLO ? 1 : 2;
  const int side = metadata.laterality == Laterality::kRight  ? 0
                   : metadata.laterality == Laterality::kLeft ? 1
                                                              : 2;
  return view * 3 + side;
}

}  // namespace

void SortAndNumber(std::vector<ExamImage>& images) {
  std::sort(images.begin(), images.end(), [](const ExamImage& a, const ExamImage& b) {
    const auto key = [](const ExamImage& image) {
      return std::tuple(HangingRank(image.result.metadata), image.header.metadata.sop_uid,
                        image.result.metadata.path);
    };
    return key(a) < key(b);
  });
  std::map<std::pair<Laterality, View>, int> seen;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const MammogramMetadata& metadata = images[i].result.metadata;
    images[i].index = static_cast<int>(i) + 1;
    images[i].number = ++seen[{metadata.laterality, metadata.view}];
  }
}

}  // namespace mhcnn
