#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"

class DcmDataset;

namespace mhcnn {

/// An image file as result objects refer to it: its UIDs, and what they copy from its header.
/// Copies share the data sets, which must not be changed.
struct SourceHeader {
  MammogramMetadata metadata;            ///< study, series and SOP UIDs as the file states them
  std::vector<std::string> orientation;  ///< Patient Orientation (0020,0020): rows, columns
  /// YYYYMMDD and HHMMSS of the picture, else of its acquisition, series or study; may be empty.
  std::string date, time;
  /// Elements to copy: those of CopiedElements() that the file has, with its Specific Character
  /// Set. Where that names no set of the standard, or is missing though text is not ASCII, the text
  /// is in UTF-8 (ISO_IR 192). Never null.
  std::shared_ptr<DcmDataset> copied;
  /// The device that took the picture: Manufacturer, Model Name, Device Serial Number, Software
  /// Versions, as far as the file states them, in the same character set. Never null.
  std::shared_ptr<DcmDataset> device;
  /// Lossy Image Compression, its ratio and method (0028,2110 to 2114). Never null.
  std::shared_ptr<DcmDataset> compression;
};

/// Reads the header of a DICOM file; the pixel data are not touched. Throws what LoadDicom throws.
SourceHeader ReadSourceHeader(const std::filesystem::path& path);

/// Makes the header of a picture that is not a DICOM file: nothing to copy, UIDs made of `digest`
/// (of the file's bytes).
SourceHeader MakeSourceHeader(const MammogramMetadata& metadata, const std::string& digest);

/// Puts such a picture into a study and series that it shares with others. The patient is named
/// PICTURE- and the last digits of the study's UID.
void SetStudy(SourceHeader& header, const std::string& study_uid, const std::string& series_uid);

}  // namespace mhcnn
