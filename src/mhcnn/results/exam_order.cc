#include "mhcnn/results/exam_order.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace mhcnn {
namespace {

/// Pairs as they hang: right before left, CC before MLO.
int HangingRank(const MammogramMetadata& facts) {
  const int view = facts.view == View::kCC ? 0 : facts.view == View::kMLO ? 1 : 2;
  const int side = facts.laterality == Laterality::kRight  ? 0
                   : facts.laterality == Laterality::kLeft ? 1
                                                           : 2;
  return view * 3 + side;
}

}  // namespace

void SortAndNumber(std::vector<ExamImage>& images) {
  std::sort(images.begin(), images.end(), [](const ExamImage& a, const ExamImage& b) {
    const auto key = [](const ExamImage& image) {
      return std::tuple(HangingRank(image.result.facts), image.header.facts.sop_uid,
                        image.result.facts.path);
    };
    return key(a) < key(b);
  });
  std::map<std::pair<Laterality, View>, int> seen;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const MammogramMetadata& facts = images[i].result.facts;
    images[i].index = static_cast<int>(i) + 1;
    images[i].number = ++seen[{facts.laterality, facts.view}];
  }
}

}  // namespace mhcnn
