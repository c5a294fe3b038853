#include "mhcnn/data/masks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "mhcnn/base/error.h"
#include "mhcnn/data/mask_values.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Returns where the list of label values begins, or npos: a '#' of the last path component.
std::size_t LabelMark(const std::string& named) {
  const auto mark = named.rfind('#');
  return mark != std::string::npos && named.find('/', mark) == std::string::npos
             ? mark
             : std::string::npos;
}

/// Which values of a label map are inside must be stated.
void CheckTwoValues(const fs::path& named) {
  const std::vector<int> labels = CountMaskValues(ReadGreyImage(named)).labels;
  if (labels.empty()) return;
  throw Error(
      ErrorCode::kUsage,
      fmt::format("contains the values {}, and it is not stated which values mark the tissue",
                  fmt::join(labels, ", ")),
      named.string(),
      fmt::format("name them in the manifest, as in {}#{}", named.filename().string(),
                  labels.back()));
}

}  // namespace

fs::path StripMaskLabels(const fs::path& named) {
  return named.string().substr(0, LabelMark(named.string()));
}

MaskImage ReadSampleMask(const fs::path& named) {
  const std::string text = named.string();
  const auto mark = LabelMark(text);
  if (mark == std::string::npos) return ReadMask(named);
  const GreyImage labels = ReadGreyImage(StripMaskLabels(named));
  Mask mask = Mask::zeros(labels.size());
  const char* next = text.data() + mark + 1;
  const char* end = text.data() + text.size();
  while (true) {
    int value = -1;
    const auto parsed = std::from_chars(next, end, value);
    const bool separated = parsed.ptr == end || *parsed.ptr == '|';
    if (parsed.ec != std::errc() || value < 0 || value > 65535 || !separated) {
      throw Error(ErrorCode::kUsage,
                  "'" + text.substr(mark) + "' is not a list of label values such as #128|192",
                  StripMaskLabels(named).string());
    }
    mask.setTo(255, labels == value);
    if (parsed.ptr == end) return {.mask = mask};
    next = parsed.ptr + 1;
  }
}

Mask ThresholdDense(const GreyImage& picture, const Mask& breast, double threshold) {
  if (picture.size() != breast.size()) {
    throw Error(ErrorCode::kCorrupt, "the breast mask's size differs from its picture's");
  }
  Mask dense;
  cv::Mat((picture > threshold) & (breast > 127)).copyTo(dense);
  return dense;
}

SampleMasks ReadSampleMasks(const Sample& sample, const GreyImage& picture) {
  const auto read = [](const std::optional<fs::path>& named) {
    if (!named) return Mask();
    try {
      const MaskImage mask = ReadSampleMask(*named);
      if (StripMaskLabels(*named) == *named && !mask.from_alpha) CheckTwoValues(*named);
      return mask.mask;
    } catch (const Error& e) {
      throw e.WithSubject(named->string());
    }
  };
  SampleMasks masks{read(sample.breast_mask), read(sample.dense_mask), read(sample.pectoral_mask)};
  if (!sample.dense_threshold) return masks;
  if (masks.breast.empty()) {
    throw Error(ErrorCode::kUsage, "has a dense_threshold but no breast_mask",
                sample.image.string(), "a threshold does not define the outline of the breast");
  }
  try {
    masks.dense = ThresholdDense(picture, masks.breast, *sample.dense_threshold);
  } catch (const Error& e) {
    throw e.WithSubject(sample.breast_mask->string());
  }
  return masks;
}

}  // namespace mhcnn
