#include "mhcnn/results/result_objects.h"

namespace mhcnn {

bool NeedsLabels(const std::set<ResultFormat>& formats) { return HasObjects(formats); }

bool NeedsPictures(const std::set<ResultFormat>& formats) {
  return formats.count(ResultFormat::kSc) > 0;
}

std::vector<ObjectFile> MakeObjects(const ExamResults& /*exam*/,
                                    const std::set<ResultFormat>& /*formats*/) {
  return {};
}

}  // namespace mhcnn
