#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/image/patient_identity.h"

namespace mhcnn {

/// 16-bit grey picture, rows x columns; a higher value is brighter (denser tissue), whatever the
/// file stored.
using GreyImage = cv::Mat1w;
/// Binary mask: 0 outside, 255 inside.
using Mask = cv::Mat1b;

/// Side of the breast.
enum class Laterality { kUnknown, kLeft, kRight };
/// Projection: craniocaudal, mediolateral oblique, or any other.
enum class View { kUnknown, kCC, kMLO, kOther };

const char* LateralityName(Laterality laterality);  ///< Returns "L", "R" or ""
const char* ViewName(View view);                    ///< Returns "CC", "MLO", "other" or ""

/// Facts about the acquisition, as far as the file states them; 0, "" or nothing otherwise.
struct AcquisitionMetadata {
  /// Patient's Age (0010,1010), in years.
  std::optional<int> patient_age_years;
  std::optional<double> thickness_mm;         ///< thickness of the compressed breast
  std::optional<double> compression_force_n;  ///< newtons
  /// KVP in kilovolts, exposure in mAs, and Estimated Radiographic Magnification Factor.
  std::optional<double> peak_kilovoltage, exposure_mas, magnification;
  std::string anode, filter;  ///< materials, e.g. "TUNGSTEN", "RHODIUM"
  /// Detector Type and Detector ID, and the versions of the device's software.
  std::string detector_type, detector_id, software;
  std::string date, time;  ///< YYYYMMDD and HHMMSS of the acquisition
  /// Series Description (0008,103E).
  std::string series_description;
  /// Series Number (0020,0011) and Instance Number (0020,0013).
  int series_number = 0, instance_number = 0;
};

/// Facts that a file states about its image. Nothing is inferred.
struct MammogramMetadata {
  /// The file, as it was named to the reader.
  std::string path;
  /// Unique identifiers of the study, the series, the image, its SOP class and its transfer syntax.
  std::string study_uid, series_uid, sop_uid, sop_class_uid, transfer_syntax_uid;
  std::string study_date;  ///< YYYYMMDD as the file has it
  /// Patient ID, Modality, Manufacturer, Manufacturer's Model Name and Photometric Interpretation.
  std::string patient_id, modality, manufacturer, manufacturer_model, photometric;
  /// Side of the breast, as the file states it.
  Laterality laterality = Laterality::kUnknown;
  /// Projection, as the file states it.
  View view = View::kUnknown;
  std::string view_text;                    ///< the file's own word for the view
  std::string view_word;                    ///< the same in the words of CID 4014, if it is known
  std::vector<std::string> view_modifiers;  ///< in words, e.g. "spot compression" (CID 4015)
  /// Direction in the patient in which the columns' numbers rise (Patient Orientation (0020,0020)):
  /// 'A' anterior, 'P' posterior; 0 where the file does not state it.
  char row_direction = 0;
  /// Millimetres per pixel at the breast (Imager Pixel Spacing / Estimated Radiographic
  /// Magnification Factor), of the pixels as read: those of the file times `reduction`.
  std::optional<double> row_spacing_mm, column_spacing_mm;
  int rows = 0, columns = 0;  ///< size of the stored picture; 0 where it is not stated
  /// Pixels of the file per pixel read, each way. Above 1 the picture read is
  /// ceil(rows / reduction) x ceil(columns / reduction).
  int reduction = 1;
  /// Turn that made the stored pixels upright (TIFF's field Orientation, Exif), 1 to 8.
  int stored_orientation = 1;
  int bits = 8;                 ///< significant bits of the stored values
  bool for_processing = false;  ///< a raw image (Presentation Intent Type FOR PROCESSING)
  bool synthesised_2d = false;  ///< whether it was computed from a tomosynthesis
  /// How the image was taken.
  AcquisitionMetadata acquisition;
  /// Identity of the patient, for comparison only.
  PatientIdentity patient;
  /// VOI LUTs and windows that the file offers, in the order in which DicomReadOptions::window
  /// counts them, in words.
  std::vector<std::string> windows;
  /// Quality flags already known from the header, e.g. "modality_not_mg"; documented in
  /// docs/flags.md.
  std::vector<std::string> flags;
};

/// A mammogram as read: the image to be displayed and the metadata of its file.
struct Mammogram {
  /// The image to be displayed: a higher value is brighter.
  GreyImage pixels;
  /// Metadata of the image, as the file states them.
  MammogramMetadata metadata;
};

}  // namespace mhcnn
