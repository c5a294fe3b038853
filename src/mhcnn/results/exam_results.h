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
  std::string fingerprint;  ///< fingerprint of graph and preprocessing
  std::string calibration;  ///< name of its calibration; "" without one
  double coverage = 0;      ///< intended fraction of readers' values in the intervals; 0: none
};

/// Options of the writing of result objects. All of them are part of the UIDs.
struct ObjectOptions {
  /// Settings of the measurement, as "name=value" texts: whatever else the figures depend on.
  std::vector<std::string> settings;
  int series_number = 9001;          ///< number of the SEG series; 9002 SR, 9003 CAD SR, 9004 SC
  int seg_scale = 1;                 ///< pixels of the image for each pixel of a SEG, each way
  bool sr_comprehensive_3d = false;  ///< whether SR is Comprehensive 3D (88.34), else (88.33)
  bool sc_modality_mg = false;       ///< whether Secondary Captures have Modality MG, not OT
  /// Date and time of the objects, YYYYMMDDHHMMSS; "": the latest of their sources.
  std::string date_time;
  /// An earlier result that these correct: its SOP Instance UID, with its SOP Class, Series and
  /// Study Instance UID.
  struct Predecessor {
    /// Unique identifiers of the earlier object.
    std::string study_uid, series_uid, sop_class_uid, sop_uid;
  };
  /// Earlier results; empty: there are none.
  std::vector<Predecessor> predecessors;
  /// Statement of a reader about the exam; empty before there is one.
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
  bool is_dicom = true;  ///< whether the file is DICOM; else its UIDs are made of its bytes
  cv::Mat1b labels;      ///< LabelMap of the result at the image's size; empty without masks
  GreyImage picture;     ///< the image as it was measured; only if a format draws it

  std::string Name() const;  ///< returns a name: "R MLO", "L CC 2", "image 3"
  int number = 1;            ///< number among those of one side and view, from 1
  int index = 1;             ///< number among all images of the exam, from 1
};

/// Input of all writers of result objects: an exam with the images that were used and those that
/// were refused.
struct ExamResults {
  /// Figures of the exam.
  StudyResult exam;
  std::vector<ExamImage> images;  ///< by R CC, L CC, R MLO, L MLO, others; then SOP Instance UID
  /// The model that measured.
  ObjectModel model;
  /// Options of the objects.
  ObjectOptions options;
  std::string date, time;  ///< Content Date (YYYYMMDD) and Time (HHMMSS) of all objects

  /// Returns the header of the first image, whose patient and study modules the objects copy.
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
/// again are the same to the byte; 19000101 000000 if no image states a date.
///
/// Throws Error(kUnsupported) if no correct object can be written: an image without Study, Series
/// or SOP Instance UID, images of two patients or dates, images of several studies, picture files
/// and DICOM files in one exam.
ExamResults MakeExamResults(StudyResult exam, std::vector<ExamImage> images, ObjectModel model,
                            ObjectOptions options);

/// Returns a UID of this exam that stays the same when it is measured again: of what the content
/// depends on (the sorted inputs, the model, the settings, the demographics) and of `parts`.
std::string ExamUid(const ExamResults& exam, const std::vector<std::string>& parts);
/// Returns a UID for a series of results: of the study, the demographics, the model and the
/// settings, so that results of other inputs of the study stay in one series.
std::string SeriesUid(const ExamResults& exam, const std::string& kind);
/// Returns a UID of the model, which changes with it.
std::string DeviceUid(const ExamResults& exam);

/// Returns flags and refusals in words, one ASCII sentence each; for texts in objects and on pages.
std::vector<std::string> Remarks(const ExamResults& exam);
/// Returns the text in ASCII, which each character set contains; other characters become "?".
std::string AsciiText(const std::string& text);

}  // namespace mhcnn
