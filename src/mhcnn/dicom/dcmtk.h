#pragma once

// The toolkit's configuration header must stand before all its others, so every file of this layer
// takes DCMTK through here.
#include <dcmtk/config/osconfig.h>
// Stays between the two.
#include <dcmtk/dcmdata/dctk.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

/// Registers the codecs and silences the toolkit's own log; every entry point of this layer calls
/// it. Thread-safe, done once.
void InitDcmtk();

/// A DICOM file, and flags for the differences between its bytes and its header.
class DicomFile : public DcmFileFormat {
 public:
  /// Flags of docs/flags.md.
  std::vector<std::string> flags;
};

/// Throws Error(kLimit) where the toolkit reports that it had no memory: the file may be intact.
void CheckMemory(const OFCondition& status);

/// Opens a DICOM file, with or without preamble and meta header; large values stay on disk until
/// they are asked for. Throws Error: kNotFound, kCorrupt (not DICOM, cut short), kUnsupported (a
/// transfer syntax that is not known), kLimit (ReadDicomStructure).
std::unique_ptr<DicomFile> LoadDicom(const std::filesystem::path& path);

/// Returns value `index` of an element as clean UTF-8 text, padding and control characters removed;
/// "" where it is absent, empty or malformed. Never throws.
std::string DicomText(DcmItem& item, const DcmTagKey& key, unsigned long index = 0);
/// Returns all values of a multi-valued element, at most 64.
std::vector<std::string> DicomTexts(DcmItem& item, const DcmTagKey& key);
/// Returns a number from a DS, IS or binary element; a decimal comma, which some archives wrote, is
/// read as a point.
std::optional<double> DicomNumber(DcmItem& item, const DcmTagKey& key, unsigned long index = 0);
/// Returns a US value, if any.
std::optional<int> DicomUnsigned(DcmItem& item, const DcmTagKey& key);
/// Returns item `index` of a sequence, or null.
DcmItem* DicomSequenceItem(DcmItem& item, const DcmTagKey& key, unsigned long index = 0);

}  // namespace mhcnn
