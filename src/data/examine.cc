#include "data/examine.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/file.h"
#include "data/inbreast_contours.h"
#include "data/masks.h"
#include "dicom/reader.h"
#include "image/file_io.h"
#include "preprocess/breast_region.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// SHA-256 as `sha256sum` prints it.
class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void Add(const void* data, std::size_t size) { EVP_DigestUpdate(context_.get(), data, size); }
  std::string Hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + length, ""));
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::string FileHash(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256 hash;
  std::vector<char> block(1 << 20);
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.Add(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw Error(ErrorCode::kIo, "cannot be read", path.string());
  return hash.Hex();
}

std::string PixelHash(const GreyImage& pixels) {
  Sha256 hash;
  const std::string size = fmt::format("{}x{}:", pixels.cols, pixels.rows);
  hash.Add(size.data(), size.size());
  for (int y = 0; y < pixels.rows; ++y) {
    hash.Add(pixels.ptr(y), static_cast<std::size_t>(pixels.cols) * sizeof(std::uint16_t));
  }
  return hash.Hex();
}

/// Checks and, where it must be, converts one mask at a time.
class Masks {
 public:
  Masks(const ListedImage& image, const ExamineOptions& options, const GreyImage& pixels,
        Examination& result)
      : image_(image), options_(options), pixels_(pixels), result_(result) {}

  Mask Use(const char* kind, const std::optional<fs::path>& named, std::string& place) {
    if (!named) return {};
    const fs::path file = MaskFile(*named);
    try {
      fs::path used = *named;
      if (file == *named) used = WithValues(*named);
      Mask mask = ReadSampleMask(used);
      if (cv::countNonZero(mask) == 0 && std::string_view(kind) == "breast") {
        Add("empty_mask", file, "marks nothing; left out");
        return {};
      }
      if (mask.size() != pixels_.size()) {
        if (!AspectFits(mask.size())) {
          Add("mask_size", file,
              fmt::format("is {} x {} for a picture of {} x {}: another shape; left out", mask.cols,
                          mask.rows, pixels_.cols, pixels_.rows));
          return {};
        }
        Add("mask_resampled", file,
            fmt::format("{} x {} resampled to the picture's {} x {}", mask.cols, mask.rows,
                        pixels_.cols, pixels_.rows));
        mask = Resampled(mask);
        used = Write(kind, mask);
      }
      place = used.string();
      return mask;
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kIo) throw;
      Add("unreadable_mask", file, e.problem() + "; left out");
      return {};
    }
  }

  /// INbreast's contour drawn as a mask.
  void UseContour() {
    if (!image_.pectoral_contour) return;
    try {
      const bool left = image_.sample.laterality == Laterality::kLeft;
      const Mask mask = PectoralMask(ReadContours(*image_.pectoral_contour), pixels_.size(), left);
      result_.pectoral_mask = Write("pectoral", mask).string();
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kIo) throw;
      Add("unreadable_mask", *image_.pectoral_contour, e.problem() + "; left out");
    }
  }

  /// A mask of another picture, or a mirrored one, does not lie on the breast.
  void CheckPlace(const Mask& breast) {
    if (breast.empty()) return;
    try {
      const Mask region = FindBreastRegion(pixels_).mask;
      const double on = cv::countNonZero(breast & region);
      const double share = 100 * on / std::max(1, cv::countNonZero(breast));
      if (share < 50) {
        Add("mask_misplaced", MaskFile(*image_.sample.breast_mask),
            fmt::format("only {:.0f} % of the breast mask lies on the breast in the picture",
                        share));
      }
    } catch (const Error&) {
      Add("no_breast", image_.sample.image, "no breast is found in the picture");
    }
  }

  void Percent(const Mask& breast, const Mask& dense) {
    if (breast.empty() || dense.empty()) return;
    const int area = cv::countNonZero(breast), inside = cv::countNonZero(dense & breast);
    const int outside = cv::countNonZero(dense) - inside;
    result_.mask_percent = 100.0 * inside / area;
    if (outside > area / 50) {
      Add("dense_outside", MaskFile(*image_.sample.dense_mask),
          fmt::format("{:.1f} % of the dense mask lies outside the breast mask; not counted",
                      100.0 * outside / (inside + outside)));
    }
    const auto& given = image_.sample.percent_density;
    if (given && std::abs(*given - *result_.mask_percent) > 2) {
      Add("percent_conflict", image_.sample.image,
          fmt::format("the set says {:.1f} %, its masks {:.1f} %; the set's is kept", *given,
                      *result_.mask_percent));
    }
  }

 private:
  void Add(const char* kind, const fs::path& subject, std::string text) {
    result_.problems.push_back({kind, subject.string(), std::move(text)});
  }

  /// Masks of 0 and 1 would read as empty: they are named with their value, "x.png#1".
  static fs::path WithValues(const fs::path& file) {
    double highest = 0;
    cv::minMaxLoc(ReadGreyImage(file), nullptr, &highest);
    return highest == 1 ? fs::path(file.string() + "#1") : file;
  }

  bool AspectFits(cv::Size mask) const {
    const double x = static_cast<double>(pixels_.cols) / mask.width;
    const double y = static_cast<double>(pixels_.rows) / mask.height;
    return std::abs(x / y - 1) < 0.01;
  }

  Mask Resampled(const Mask& mask) const {
    Mask grey, cut;
    const bool smaller = mask.cols > pixels_.cols;
    cv::resize(mask, grey, pixels_.size(), 0, 0, smaller ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::Mat(grey > 127).copyTo(cut);
    return cut;
  }

  fs::path Write(const char* kind, const Mask& mask) const {
    const fs::path path = fs::absolute(options_.out) / "masks" / kind / (image_.name + ".png");
    WritePng(path, mask);
    return path;
  }

  const ListedImage& image_;
  const ExamineOptions& options_;
  const GreyImage& pixels_;
  Examination& result_;
};

std::string Stamp(const fs::path& path) {
  std::error_code ec;
  const auto size = fs::file_size(path, ec);
  const auto time = fs::last_write_time(path, ec).time_since_epoch().count();
  return fmt::format("{}|{}|{}", path.string(), ec ? 0 : size, ec ? 0 : time);
}

}  // namespace

Examination Examine(const ListedImage& image, const ExamineOptions& options) {
  Examination result;
  const Sample& sample = image.sample;
  const bool has_masks =
      sample.breast_mask || sample.dense_mask || sample.pectoral_mask || image.pectoral_contour;
  try {
    const bool dicom = SniffFileKind(sample.image) == FileKind::kDicom;
    Mammogram mammogram;
    if (options.decode || has_masks || !dicom) {
      mammogram = ReadMammogram(sample.image);
      result.pixel_hash = PixelHash(mammogram.pixels);
      mammogram.facts.rows = mammogram.pixels.rows;
      mammogram.facts.columns = mammogram.pixels.cols;
    } else {
      if (const auto refused = WhyNotReadable(sample.image)) throw *refused;
      mammogram.facts = ReadDicomFacts(sample.image);
    }
    result.file_hash = FileHash(sample.image);
    result.readable = true;
    const MammogramFacts& facts = mammogram.facts;
    result.rows = facts.rows;
    result.columns = facts.columns;
    result.vendor = facts.manufacturer;
    if (!facts.manufacturer_model.empty()) result.vendor += " / " + facts.manufacturer_model;
    result.laterality = facts.laterality;
    result.view = facts.view;
    const auto conflict = [&](const char* what, const char* stated, const char* header) {
      result.problems.push_back({"header_conflict", sample.image.string(),
                                 fmt::format("{} is {} in the table and {} in the header; the "
                                             "table's is kept",
                                             what, stated, header)});
    };
    if (facts.laterality != Laterality::kUnknown && sample.laterality != Laterality::kUnknown &&
        facts.laterality != sample.laterality) {
      conflict("laterality", LateralityName(sample.laterality), LateralityName(facts.laterality));
    }
    if (facts.view != View::kUnknown && sample.view != View::kUnknown &&
        facts.view != sample.view) {
      conflict("view", ViewName(sample.view), ViewName(facts.view));
    }
    if (!has_masks) return result;
    Masks masks(image, options, mammogram.pixels, result);
    const Mask breast = masks.Use("breast", sample.breast_mask, result.breast_mask);
    Mask dense = masks.Use("dense", sample.dense_mask, result.dense_mask);
    if (sample.dense_threshold && !breast.empty())
      dense = DenseAbove(mammogram.pixels, breast, *sample.dense_threshold);
    masks.Use("pectoral", sample.pectoral_mask, result.pectoral_mask);
    masks.UseContour();
    masks.CheckPlace(breast);
    masks.Percent(breast, dense);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kIo || e.code() == ErrorCode::kInterrupted) throw;
    result = {};
    result.problems.push_back(
        {"unreadable", sample.image.string(),
         fmt::format("{} ({}); left out", e.problem(), ErrorCodeName(e.code()))});
  }
  return result;
}

std::string ExaminationKey(const ListedImage& image, const ExamineOptions& options) {
  const Sample& s = image.sample;
  std::string key =
      fmt::format("v1|{}|{}|{}|{}|{}", options.decode, image.name, LateralityName(s.laterality),
                  ViewName(s.view), s.percent_density.value_or(-1));
  key += "|" + Stamp(s.image);
  for (const auto* mask : {&s.breast_mask, &s.dense_mask, &s.pectoral_mask}) {
    key += *mask ? "|" + (*mask)->filename().string() + "|" + Stamp(MaskFile(**mask)) : "|";
  }
  if (s.dense_threshold) key += fmt::format("|above {}", *s.dense_threshold);
  key += image.pectoral_contour ? "|" + Stamp(*image.pectoral_contour) : "|";
  return key;
}

}  // namespace mhcnn
