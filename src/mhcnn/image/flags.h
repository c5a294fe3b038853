#pragma once

#include <string>
#include <vector>

namespace mhcnn {

/// Words of the column `flags`: facts about a measurement. docs/flags.md states when each is raised
/// and what it means for the figure; a test compares that page with this table. Results and files
/// contain the words, so that words of another version are kept.
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
/// Returns all flags, in the order of docs/flags.md.
const std::vector<Flag>& AllFlags();

/// Appends the flag's word unless it is there.
void AddFlag(std::vector<std::string>& flags, Flag flag);
/// Returns whether the list contains the flag's name.
bool HasFlag(const std::vector<std::string>& flags, Flag flag);
/// Returns whether flags state a special view, which shows a part of the breast or a modified
/// projection: spot compression, magnification, modified or partial view.
bool HasSpecialViewFlag(const std::vector<std::string>& flags);
/// Removes the flag's word if it is there.
void RemoveFlag(std::vector<std::string>& flags, Flag flag);

}  // namespace mhcnn
