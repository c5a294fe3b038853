#include "mhcnn/image/mammogram.h"

namespace mhcnn {

const char* LateralityName(Laterality laterality) {
  switch (laterality) {
    case Laterality::kLeft:
      return "L";
    case Laterality::kRight:
      return "R";
    case Laterality::kUnknown:
      break;
  }
  return "";
}

const char* ViewName(View view) {
  switch (view) {
    case View::kCC:
      return "CC";
    case View::kMLO:
      return "MLO";
    case View::kOther:
      return "other";
    case View::kUnknown:
      break;
  }
  return "";
}

}  // namespace mhcnn
