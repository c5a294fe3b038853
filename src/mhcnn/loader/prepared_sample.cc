#include "mhcnn/loader/prepared_sample.h"

#include "mhcnn/base/error.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/model/network.h"

namespace mhcnn {
namespace {

constexpr double kLevels = 65535;

cv::Mat1b InputMask(const Mask& mask, const std::optional<std::filesystem::path>& path,
                    const InputGeometry& geometry) {
  if (mask.empty()) return {};
  try {
    return MaskToInput(mask, geometry);
  } catch (const Error& e) {
    throw e.WithSubject(path.value_or("").string());
  }
}

}  // namespace

PreparedSample PrepareSample(const Sample& sample, const PreprocessOptions& options) {
  PreparedSample prepared;
  GreyImage picture;
  Prepared input;
  try {
    picture = ReadMammogram(sample.image).pixels;
    input = Preprocess(picture, options);
  } catch (const Error& e) {
    throw e.WithSubject(sample.image.string());
  }
  const double range = options.clip_high - options.clip_low;
  input.input.convertTo(prepared.image, CV_16U, kLevels / range,
                        -options.clip_low * kLevels / range);
  const SampleMasks masks = ReadSampleMasks(sample, picture);
  prepared.masks = {InputMask(masks.breast, sample.breast_mask, input.geometry),
                    InputMask(masks.dense, sample.dense_mask, input.geometry),
                    InputMask(masks.pectoral, sample.pectoral_mask, input.geometry)};
  // Of the masks in the picture's own frame, where the crop cannot have cut anything.
  prepared.percent_of_masks = PercentDensity(masks.breast, masks.dense);
  return prepared;
}

cv::Mat1f ToInputImage(const PreparedSample& sample, const PreprocessOptions& options) {
  cv::Mat1f input;
  const double range = options.clip_high - options.clip_low;
  sample.image.convertTo(input, CV_32F, range / kLevels, options.clip_low);
  input.setTo(0, cv::abs(input) < kPadding);  // no level is exactly 0
  return input;
}

}  // namespace mhcnn
