#include "mhcnn/image/nifti_file.h"

#include <nifti/nifti2_io.h>

#include <array>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/gzip.h"
#include "mhcnn/image/tissue_label.h"

namespace mhcnn {
namespace {

constexpr int kLongestSide = 32767;  // a header has 16 bits for it

/// Header and four bytes that say that no extension follows.
std::vector<std::uint8_t> Header(cv::Size size, const std::optional<cv::Size2d>& spacing_mm) {
  const std::array<std::int64_t, 8> dims = {3, size.width, size.height, 1, 1, 1, 1, 1};
  const std::unique_ptr<nifti_image, void (*)(nifti_image*)> volume(
      nifti_make_new_nim(dims.data(), DT_UINT8, 0), nifti_image_free);
  if (volume == nullptr) throw Error(ErrorCode::kInternal, "a NIfTI header cannot be made");
  nifti_image& v = *volume;
  const cv::Size2d pixel = spacing_mm.value_or(cv::Size2d(1, 1));
  v.dx = v.pixdim[1] = pixel.width;
  v.dy = v.pixdim[2] = pixel.height;
  v.dz = v.pixdim[3] = 1;
  v.xyz_units = spacing_mm ? NIFTI_UNITS_MM : NIFTI_UNITS_UNKNOWN;
  v.intent_code = NIFTI_INTENT_LABEL;
  std::strncpy(v.intent_name, "breast tissue", sizeof v.intent_name - 1);
  std::strncpy(v.descrip, "mhcnn labels: 0 background, 1 breast, 2 dense, 3 pectoral muscle",
               sizeof v.descrip - 1);
  v.nifti_type = NIFTI_FTYPE_NIFTI1_1;
  v.iname_offset = sizeof(nifti_1_header) + 4;
  // NIfTI counts towards the right and the front, where ITK counts towards left and back.
  v.qform_code = v.sform_code = NIFTI_XFORM_ALIGNED_ANAT;
  v.quatern_d = 1;  // half a turn about the long axis of the body
  v.qfac = 1;
  v.sto_xyz.m[0][0] = -pixel.width;
  v.sto_xyz.m[1][1] = -pixel.height;
  v.sto_xyz.m[2][2] = v.sto_xyz.m[3][3] = 1;
  nifti_1_header header{};
  if (nifti_convert_nim2n1hdr(&v, &header) != 0)
    throw Error(ErrorCode::kInternal, "a NIfTI header cannot be made");
  std::vector<std::uint8_t> bytes(sizeof header + 4);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace

std::vector<std::uint8_t> EncodeNifti(const cv::Mat1b& labels,
                                      const std::optional<cv::Size2d>& spacing_mm) {
  if (labels.empty() || labels.cols > kLongestSide || labels.rows > kLongestSide) {
    throw Error(
        ErrorCode::kLimit,
        "is larger than a NIfTI file can be (" + std::to_string(kLongestSide) + " pixels each way)",
        {}, "leave the NIfTI masks out");
  }
  cv::Mat1b table(1, 256, uchar{0});
  table(static_cast<int>(TissueLabel::kBreast)) = 1;
  table(static_cast<int>(TissueLabel::kDense)) = 2;
  table(static_cast<int>(TissueLabel::kPectoral)) = 3;
  cv::Mat1b numbers;
  cv::LUT(labels, table, numbers);
  std::vector<std::uint8_t> bytes = Header(labels.size(), spacing_mm);
  bytes.insert(bytes.end(), numbers.begin(), numbers.end());
  return CompressGzip(bytes);
}

}  // namespace mhcnn
