#include "mhcnn/analyze/plausibility.h"

#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

// Fractions of the pectoral muscle: see the header; 8 % is more than any CC view of 226 phantoms
// shows.
constexpr double kSurelyMlo = 0.05, kSurelyCc = 0.01, kNeverCc = 0.08;
constexpr double kMostlyUpper = 0.7;  // of a CC view's sliver of muscle half is
constexpr double kEndsWithin = 0.3;   // of an MLO view the axilla runs out of the frame

void CheckView(const AcquisitionEvidence& evidence, MammogramMetadata& metadata,
               std::vector<std::string>& flags) {
  const double pectoral_fraction = evidence.pectoral_fraction;
  const bool hangs_down = evidence.pectoral_upper >= kMostlyUpper;
  switch (metadata.view) {
    case View::kUnknown:
      if (pectoral_fraction >= kSurelyMlo && hangs_down) metadata.view = View::kMLO;
      if (pectoral_fraction < kSurelyCc && evidence.end_contact < kEndsWithin) {
        metadata.view = View::kCC;
      }
      if (metadata.view != View::kUnknown) AddFlag(flags, Flag::kViewInferred);
      break;
    case View::kCC:
      if (pectoral_fraction >= kNeverCc && hangs_down) AddFlag(flags, Flag::kProjectionConflict);
      break;
    case View::kMLO:
      if (pectoral_fraction < kSurelyCc) AddFlag(flags, Flag::kPectoralNotSeen);
      break;
    case View::kOther:
      break;
  }
}

/// The side of the stored picture at which the chest wall lies, as the header has it.
Laterality StatedSide(const MammogramMetadata& metadata) {
  if (metadata.row_direction == 'A') return Laterality::kLeft;
  if (metadata.row_direction == 'P') return Laterality::kRight;
  return metadata.laterality;
}

void CheckSide(Laterality chest_wall, MammogramMetadata& metadata,
               std::vector<std::string>& flags) {
  if (metadata.sop_class_uid.empty()) return;
  const Laterality stated = StatedSide(metadata);
  if (stated != Laterality::kUnknown && stated != chest_wall) AddFlag(flags, Flag::kSideConflict);
  if (metadata.laterality != Laterality::kUnknown) return;
  metadata.laterality = chest_wall;
  AddFlag(flags, Flag::kLateralityInferred);
}

}  // namespace

std::vector<std::string> CheckAgainstImage(const AcquisitionEvidence& evidence,
                                           MammogramMetadata& metadata) {
  std::vector<std::string> flags;
  if (evidence.muscle_sought) CheckView(evidence, metadata, flags);
  const bool has_muscle = metadata.view == View::kMLO && evidence.pectoral_fraction >= kSurelyMlo;
  if (evidence.orientation.transposed) {
    AddFlag(flags, Flag::kRotated);
  } else if (has_muscle && evidence.orientation.mirrored_y) {
    AddFlag(flags, Flag::kUpsideDown);
  } else {
    CheckSide(evidence.orientation.mirrored_x ? Laterality::kRight : Laterality::kLeft, metadata,
              flags);
  }
  return flags;
}

}  // namespace mhcnn
