#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

/// 16-bit grey picture, rows x columns; a higher value is brighter (denser tissue), whatever the
/// file stored.
using GreyImage = cv::Mat1w;
/// Binary mask: 0 outside, 255 inside.
using Mask = cv::Mat1b;

enum class Laterality { kUnknown, kLeft, kRight };
enum class View { kUnknown, kCC, kMLO, kOther };

const char* LateralityName(Laterality laterality);  ///< "L", "R" or ""
const char* ViewName(View view);                    ///< "CC", "MLO", "other" or ""

/// What a file says of its picture. Only what the file states stands here; nothing is inferred.
struct MammogramFacts {
  std::string path;
  std::string study_uid, series_uid, sop_uid, sop_class_uid, transfer_syntax_uid;
  std::string study_date;  ///< YYYYMMDD as the file has it
  std::string patient_id, modality, manufacturer, manufacturer_model, photometric;
  Laterality laterality = Laterality::kUnknown;
  View view = View::kUnknown;
  std::string view_text;  ///< the file's own word for the view
  /// Direction in the patient in which the columns' numbers rise (Patient Orientation (0020,0020)):
  /// 'A' anterior, 'P' posterior; 0 where the file does not say.
  char row_direction = 0;
  /// Millimetres per pixel at the breast (Imager Pixel Spacing / Estimated Radiographic
  /// Magnification Factor).
  std::optional<double> row_spacing_mm, column_spacing_mm;
  int rows = 0, columns = 0;    ///< of the stored picture; 0 where the file does not say
  int bits = 8;                 ///< significant bits of the stored values
  bool for_processing = false;  ///< a raw image (Presentation Intent Type FOR PROCESSING)
  /// Quality flags already known from the header, e.g. "modality_not_mg"; documented in
  /// docs/flags.md.
  std::vector<std::string> flags;
};

/// A mammogram as read: the picture to be displayed and what its file says.
struct Mammogram {
  GreyImage pixels;
  MammogramFacts facts;
};

}  // namespace mhcnn
