#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/dicom/source_header.h"
#include "mhcnn/results/reader_correction.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Manufacturer (0008,0070) of all result objects.
inline constexpr const char* kObjectManufacturer = "MH-CNN";
/// Manufacturer's Model Name (0008,1090) of all result objects.
inline constexpr const char* kObjectModel = "mhcnn";

/// The model that measured, as result objects name it.
struct ObjectModel {
  /// Name and version, as in the results.
  std::string name, version;
  std::string fingerprint;  ///< of graph and preprocessing
  std::string calibration;  ///< name of its calibration; "" without one
  double coverage = 0;      ///< share of readers' values that the intervals are to hold; 0: none
};

/// How result objects are written. All of it is part of the UIDs.
struct ObjectOptions {
  /// Settings of the measurement, as "name=value" texts: whatever else the figures depend on.
  std::vector<std::string> settings;
  int series_number = 9001;          ///< of the SEG series; 9002 SR, 9003 CAD SR, 9004 SC follow
  int seg_scale = 1;                 ///< pixels of the picture for each pixel of a SEG, each way
  bool sr_comprehensive_3d = false;  ///< Comprehensive 3D SR (88.34), not Comprehensive SR (88.33)
  bool sc_modality_mg = false;       ///< Modality MG in Secondary Captures, not OT
  /// YYYYMMDDHHMMSS that objects give as their date and time; "": the latest of their sources'.
  std::string date_time;
  /// SOP Instance UIDs of earlier results that these correct, each with its SOP Class, Series and
  /// Study Instance UID.
  struct Predecessor {
    /// Unique identifiers of the earlier object.
    std::string study_uid, series_uid, sop_class_uid, sop_uid;
  };
  /// Earlier results; empty: there are none.
  std::vector<Predecessor> predecessors;
  /// What a reader said of the exam; nothing before one has.
  std::optional<ReaderCorrection> reader;
  /// SR documents that the reader's result replaces, in place of `predecessors`, which the model's
  /// own objects name. Neither this nor `reader` is part of the UIDs of SEG and CAD SR.
  std::vector<Predecessor> read;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// One image of an exam.
struct ExamImage {
  Result result;  ///< figures and flags, or the refusal; without masks
  /// Header of the image's file.
  SourceHeader header;
  bool is_dicom = true;  ///< false: a picture file, whose UIDs are made of its bytes
  cv::Mat1b labels;      ///< LabelMap of the result at the picture's size; empty without masks
  GreyImage picture;     ///< as it was measured; only where a format draws it

  std::string Name() const;  ///< "R MLO", "L CC 2", "image 3"
  int number = 1;            ///< among those of one side and view
  int index = 1;             ///< among all of the exam, from 1
};

/// What all writers of result objects take: an exam with the images that entered and those that
/// were refused.
struct ExamResults {
  /// Numbers of the exam.
  StudyResult exam;
  std::vector<ExamImage> images;  ///< R CC, L CC, R MLO, L MLO, others; then by SOP Instance UID
  /// The model that measured.
  ObjectModel model;
  /// How objects are written.
  ObjectOptions options;
  std::string date, time;  ///< of all objects: Content Date (YYYYMMDD) and Time (HHMMSS)

  /// Whose patient and study modules the objects copy: the first image.
  const SourceHeader& header() const { return images.front().header; }
  /// Returns whether the images are DICOM files.
  bool is_dicom() const { return images.front().is_dicom; }
};

/// A DICOM object, ready to be stored.
struct DicomObject {
  /// Unique identifiers of the object.
  std::string sop_class, sop_uid, series_uid;
  std::vector<std::uint8_t> bytes;  ///< a file with meta header, Explicit VR Little Endian
};

/// Puts an exam together: sorts and names the images and sets the date.
///
/// The date and time are the latest of the images', or those of the options, so that objects made
/// again are the same to the byte; 19000101 000000 where no image states a date.
///
/// Throws Error(kUnsupported) where there is no right object to write: an image without Study,
/// Series or SOP Instance UID, images of two patients or dates, images of several studies, picture
/// files and DICOM files in one exam.
ExamResults MakeExamResults(StudyResult exam, std::vector<ExamImage> images, ObjectModel model,
                            ObjectOptions options);

/// A UID of this exam that stays the same when it is measured again: of what the objects' content
/// depends on (the sorted inputs, the model, the settings, the demographics) and of `parts`.
std::string ExamUid(const ExamResults& exam, const std::vector<std::string>& parts);
/// A UID for a series of results: of the study, the demographics, the model and the settings, so
/// that results of other inputs of the study stay in one series.
std::string SeriesUid(const ExamResults& exam, const std::string& kind);
/// A UID of the model, which changes with it.
std::string DeviceUid(const ExamResults& exam);

/// Flags and refusals in words, one sentence each, in ASCII; for texts in objects and on pages.
std::vector<std::string> Remarks(const ExamResults& exam);
/// ASCII text that each character set holds: other characters as "?".
std::string AsciiText(const std::string& text);

}  // namespace mhcnn
