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

/// A DICOM file and the flags of how its bytes differ from what its header says of them.
class DicomFile : public DcmFileFormat {
 public:
  /// Flags of docs/flags.md.
  std::vector<std::string> flags;
};

/// Throws Error(kLimit) where the toolkit says that it lacked memory: the file may be sound.
void CheckMemory(const OFCondition& status);

/// Opens a DICOM file, with or without preamble and meta header; large values stay on disk until
/// they are asked for. Throws Error: kNotFound, kCorrupt (not DICOM, cut short), kUnsupported (a
/// transfer syntax that is not known), kLimit (ReadDicomStructure).
std::unique_ptr<DicomFile> LoadDicom(const std::filesystem::path& path);

/// The element's values as clean UTF-8 text, padding and control characters removed; "" where it is
/// absent, empty or malformed. Never throws.
std::string DicomText(DcmItem& item, const DcmTagKey& key, unsigned long index = 0);
/// All values of a multi-valued element.
std::vector<std::string> DicomTexts(DcmItem& item, const DcmTagKey& key);
/// A number from a DS, IS or binary element; a decimal comma, which some archives wrote, is read
/// as a point.
std::optional<double> DicomNumber(DcmItem& item, const DcmTagKey& key, unsigned long index = 0);
/// A US value.
std::optional<int> DicomUnsigned(DcmItem& item, const DcmTagKey& key);
/// Item `index` of a sequence, or null.
DcmItem* DicomSequenceItem(DcmItem& item, const DcmTagKey& key, unsigned long index = 0);

}  // namespace mhcnn
