#include "mhcnn/dicom/grey_channels.h"

#include <algorithm>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

/// Lossy compression of a grey picture as colour leaves a rounding between its channels.
constexpr double kRounding = 8;

bool IsNeutral(const cv::Mat1w& chroma, int width) {
  double low = 0, high = 0;
  cv::minMaxLoc(chroma, &low, &high);
  const double neutral = 1 << (width - 1);  // PS3.3 C.7.6.3.1.2
  return low >= neutral - kRounding && high <= neutral + kRounding;
}

}  // namespace

cv::Mat1w MergeGreyChannels(const std::vector<cv::Mat1w>& channels, int width) {
  const cv::Mat1w& first = channels.front();
  const auto all_others = [&](const auto& holds) {
    return std::all_of(channels.begin() + 1, channels.end(), holds);
  };
  const bool equal = all_others([&](const cv::Mat1w& other) {
    return other.size() == first.size() && cv::norm(first, other, cv::NORM_INF) <= kRounding;
  });
  if (equal || all_others([&](const cv::Mat1w& other) { return IsNeutral(other, width); })) {
    return first;
  }
  throw Error(ErrorCode::kUnsupported, "is a colour picture", {},
              "give the mammogram itself, in grey");
}

}  // namespace mhcnn
