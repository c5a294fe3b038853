#pragma once

#include <string>
#include <vector>

namespace mhcnn {

/// Words of the column `flags`: what to know about a measurement. docs/flags.md says when each is
/// raised and what it means for the figure; a test compares that page with this table. Results and
/// files hold the words, so that those of another version are kept.
enum class Flag {
  // From the file's header.
  kModalityNotMg,
  kSecondaryCapture,
  kMammogramNotStated,
  kLateralityConflict,
  kViewConflict,
  kMagnificationView,
  kSpotView,
  kImplantDisplaced,
  kModifiedView,
  kImplant,
  kPartialView,
  kBurnedInAnnotation,
  kLossyCompressed,
  kMagnificationImplausible,
  kSpacingImplausible,
  kSpacingUncalibrated,
  kPhotometricConflict,
  kBitsConflict,
  kPaddingAssumed,
  kVoiLutShort,
  kVoiLutLong,
  kVoiLutUnusable,
  kModalityLutShort,
  kModalityLutLong,
  kModalityLutUnusable,
  kWindowInvalid,
  kRescaleInvalid,
  kWindowNotFound,
  kSynthesised2d,
  kSyntaxConflict,
  kTrailingBytes,
  kEndMissing,
  kElementsSkipped,
  kRawConverted,
  // From the picture.
  kInverted,
  kPolarityInferred,
  kUnlikeMammogram,
  kNoBackground,
  kSaturated,
  kLowContrast,
  kLowResolution,
  kBreastCutOff,
  kNippleNotSeen,
  kPictureCut,
  kFrameRemoved,
  kSeveralBreasts,
  kExifTurned,
  // Header against picture.
  kViewInferred,
  kLateralityInferred,
  kProjectionConflict,
  kSideConflict,
  kPectoralNotSeen,
  kRotated,
  kUpsideDown,
  // From the model.
  kSpacingMissing,
  kOutOfDistribution,
  kNoSegmentation,
  kNoRegression,
  kNoClassification,
  kHeadsDisagree,
  kOutlineUncertain,
  kCategoryUncertain,
  // Of an exam.
  kStudyMixed,
  kViewsDisagree,
  kBreastsDiffer,
  kSpecialViewsLeftOut,
  kOnlySpecialViews,
  kSideUnknown,
};

/// Returns the word of a flag, e.g. "modality_not_mg".
const char* FlagName(Flag flag);
/// Every flag, in the order of docs/flags.md.
const std::vector<Flag>& AllFlags();

/// Appends the flag's word unless it is there.
void AddFlag(std::vector<std::string>& flags, Flag flag);
/// Returns whether the list contains the flag's name.
bool HasFlag(const std::vector<std::string>& flags, Flag flag);
/// Removes the flag's word if it is there.
void RemoveFlag(std::vector<std::string>& flags, Flag flag);

}  // namespace mhcnn
