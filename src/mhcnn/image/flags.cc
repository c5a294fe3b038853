#include "mhcnn/image/flags.h"

#include <algorithm>
#include <array>

namespace mhcnn {
namespace {

struct NamedFlag {
  Flag flag;
  const char* name;
};

constexpr std::size_t kFlags = static_cast<std::size_t>(Flag::kSideUnknown) + 1;
constexpr std::array<NamedFlag, kFlags> kTable = {{
    {Flag::kModalityNotMg, "modality_not_mg"},
    {Flag::kSecondaryCapture, "secondary_capture"},
    {Flag::kMammogramNotStated, "mammogram_not_stated"},
    {Flag::kLateralityConflict, "laterality_conflict"},
    {Flag::kViewConflict, "view_conflict"},
    {Flag::kMagnificationView, "magnification_view"},
    {Flag::kSpotView, "spot_view"},
    {Flag::kImplantDisplaced, "implant_displaced"},
    {Flag::kModifiedView, "modified_view"},
    {Flag::kImplant, "implant"},
    {Flag::kPartialView, "partial_view"},
    {Flag::kBurnedInAnnotation, "burned_in_annotation"},
    {Flag::kLossyCompressed, "lossy_compressed"},
    {Flag::kMagnificationImplausible, "magnification_implausible"},
    {Flag::kSpacingImplausible, "spacing_implausible"},
    {Flag::kSpacingUncalibrated, "spacing_uncalibrated"},
    {Flag::kPhotometricConflict, "photometric_conflict"},
    {Flag::kBitsConflict, "bits_conflict"},
    {Flag::kPaddingAssumed, "padding_assumed"},
    {Flag::kVoiLutShort, "voi_lut_short"},
    {Flag::kVoiLutLong, "voi_lut_long"},
    {Flag::kVoiLutUnusable, "voi_lut_unusable"},
    {Flag::kModalityLutShort, "modality_lut_short"},
    {Flag::kModalityLutLong, "modality_lut_long"},
    {Flag::kModalityLutUnusable, "modality_lut_unusable"},
    {Flag::kWindowInvalid, "window_invalid"},
    {Flag::kRescaleInvalid, "rescale_invalid"},
    {Flag::kWindowNotFound, "window_not_found"},
    {Flag::kSynthesised2d, "synthesised_2d"},
    {Flag::kSyntaxConflict, "syntax_conflict"},
    {Flag::kTrailingBytes, "trailing_bytes"},
    {Flag::kEndMissing, "end_missing"},
    {Flag::kElementsSkipped, "elements_skipped"},
    {Flag::kRawConverted, "raw_converted"},
    {Flag::kInverted, "inverted"},
    {Flag::kPolarityInferred, "polarity_inferred"},
    {Flag::kUnlikeMammogram, "unlike_mammogram"},
    {Flag::kNoBackground, "no_background"},
    {Flag::kSaturated, "saturated"},
    {Flag::kLowContrast, "low_contrast"},
    {Flag::kLowResolution, "low_resolution"},
    {Flag::kBreastCutOff, "breast_cut_off"},
    {Flag::kNippleNotSeen, "nipple_not_seen"},
    {Flag::kPictureCut, "picture_cut"},
    {Flag::kFrameRemoved, "frame_removed"},
    {Flag::kSeveralBreasts, "several_breasts"},
    {Flag::kExifTurned, "exif_turned"},
    {Flag::kViewInferred, "view_inferred"},
    {Flag::kLateralityInferred, "laterality_inferred"},
    {Flag::kProjectionConflict, "projection_conflict"},
    {Flag::kSideConflict, "side_conflict"},
    {Flag::kPectoralNotSeen, "pectoral_not_seen"},
    {Flag::kRotated, "rotated"},
    {Flag::kUpsideDown, "upside_down"},
    {Flag::kSpacingMissing, "spacing_missing"},
    {Flag::kOutOfDistribution, "out_of_distribution"},
    {Flag::kNoSegmentation, "no_segmentation"},
    {Flag::kNoRegression, "no_regression"},
    {Flag::kNoClassification, "no_classification"},
    {Flag::kHeadsDisagree, "heads_disagree"},
    {Flag::kOutlineUncertain, "outline_uncertain"},
    {Flag::kCategoryUncertain, "category_uncertain"},
    {Flag::kStudyMixed, "study_mixed"},
    {Flag::kViewsDisagree, "views_disagree"},
    {Flag::kBreastsDiffer, "breasts_differ"},
    {Flag::kSpecialViewsLeftOut, "special_views_left_out"},
    {Flag::kOnlySpecialViews, "only_special_views"},
    {Flag::kSideUnknown, "side_unknown"},
}};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < kFlags; ++i) {
    if (static_cast<std::size_t>(kTable[i].flag) != i || kTable[i].name == nullptr) return false;
  }
  return true;
}
static_assert(IsInOrder(), "the table has the flags in the order of the enumeration");

}  // namespace

const char* FlagName(Flag flag) { return kTable[static_cast<std::size_t>(flag)].name; }

const std::vector<Flag>& AllFlags() {
  static const std::vector<Flag> all = [] {
    std::vector<Flag> flags;
    flags.reserve(kTable.size());
    for (const auto& row : kTable) flags.push_back(row.flag);
    return flags;
  }();
  return all;
}

void AddFlag(std::vector<std::string>& flags, Flag flag) {
  if (!HasFlag(flags, flag)) flags.emplace_back(FlagName(flag));
}

bool HasFlag(const std::vector<std::string>& flags, Flag flag) {
  return std::find(flags.begin(), flags.end(), FlagName(flag)) != flags.end();
}

bool HasSpecialViewFlag(const std::vector<std::string>& flags) {
  constexpr std::array special = {Flag::kSpotView, Flag::kMagnificationView, Flag::kModifiedView,
                                  Flag::kPartialView};
  return std::ranges::any_of(special, [&](Flag flag) { return HasFlag(flags, flag); });
}

void RemoveFlag(std::vector<std::string>& flags, Flag flag) { std::erase(flags, FlagName(flag)); }

}  // namespace mhcnn
