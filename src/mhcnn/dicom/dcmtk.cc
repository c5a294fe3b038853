#include "mhcnn/dicom/dcmtk.h"

#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/oflog/oflog.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <mutex>
#include <span>
#include <stdexcept>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file_bytes.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/charset.h"
#include "mhcnn/dicom/dictionary.h"
#include "mhcnn/dicom/repair.h"
#include "mhcnn/dicom/structure.h"
#include "mhcnn/dicom/unknown_vr.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

std::string CleanText(std::string_view raw) {
  const std::string text = ToPrintableText(raw);
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

void InitDcmtk() {
  static std::once_flag once;
  std::call_once(once, [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
    DcmRLEDecoderRegistration::registerCodecs();
    DJEncoderRegistration::registerCodecs();
    DJLSEncoderRegistration::registerCodecs();
    DcmRLEEncoderRegistration::registerCodecs();
    if (const std::string problem = InstallEmbeddedDictionary(); !problem.empty()) {
      throw Error(ErrorCode::kInternal, problem, {}, "run mhcnn doctor");
    }
  });
}

namespace {

OFCondition Load(const fs::path& path, std::span<const std::uint8_t> content, DicomFile& file) {
  const std::vector<std::uint8_t> named = ReplaceUnknownVrs(content);
  const std::span<const std::uint8_t> bytes =
      named.empty() ? content : std::span<const std::uint8_t>(named);
  const DicomStructure structure = ReadDicomStructure(bytes);
  file.flags = structure.flags;
  try {
    if (!structure.odd && named.empty()) {
      const OFCondition status = file.loadFile(OFFilename(path.c_str()));
      if (status.good() || !structure.whole_picture) return status;
    }
    return LoadRepaired(bytes, structure, file);
  } catch (const std::logic_error&) {
    // The toolkit's strings throw on some malformed directory records (3.6.7, found by fuzzing).
    return EC_CorruptedData;
  }
}

}  // namespace

void CheckMemory(const OFCondition& status) {
  if (status == EC_MemoryExhausted)
    throw Error(ErrorCode::kLimit, "needs more memory than there is");
}

std::unique_ptr<DicomFile> LoadDicom(const fs::path& path) {
  InitDcmtk();
  auto file = std::make_unique<DicomFile>();
  OFCondition status = EC_CorruptedData;
  try {
    status = FileBytes(path).Read([&](auto content) { return Load(path, content, *file); });
    CheckMemory(status);
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
  if (status.bad()) {
    if (status == EC_UnsupportedEncoding) {
      throw Error(ErrorCode::kUnsupported, "uses a transfer syntax that cannot be read",
                  path.string(), "convert it to Explicit VR Little Endian");
    }
    throw Error(ErrorCode::kCorrupt,
                std::string("is not a readable DICOM file (") + status.text() + ")", path.string(),
                "it is cut short, damaged, or not DICOM");
  }
  DcmDataset& dataset = *file->getDataset();
  if (dataset.card() == 0) {
    throw Error(ErrorCode::kCorrupt, "contains no DICOM elements", path.string(),
                "it is cut short, damaged, or not DICOM");
  }
  return file;
}

namespace {

/// Specific Character Set of the data set that the item is in, or of the nearest item around it
/// that has one.
std::vector<std::string> CharacterSets(DcmItem& item) {
  for (DcmItem* at = &item; at != nullptr; at = at->getParentItem()) {
    OFString value;
    if (at->findAndGetOFStringArray(DCM_SpecificCharacterSet, value).bad()) continue;
    std::vector<std::string> terms;
    const std::string text(value.c_str(), value.length());
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t to = std::min(text.find('\\', from), text.size());
      terms.push_back(text.substr(from, to - from));
      from = to + 1;
    }
    return terms;
  }
  return {};
}

/// All values of an element in UTF-8, parted by backslashes. They are parted after they are
/// decoded, since some sets have the code of a backslash within a character.
std::string DecodedValues(DcmItem& item, const DcmTagKey& key) {
  constexpr Uint32 kMostBytes = 1 << 20;
  DcmElement* element = nullptr;
  OFString value;
  if (item.findAndGetElement(key, element).bad() || element == nullptr ||
      element->getLength() > kMostBytes || element->getOFStringArray(value).bad()) {
    return {};
  }
  const std::string_view raw(value.c_str(), value.length());
  const bool is_ascii =
      std::all_of(raw.begin(), raw.end(), [](char c) { return (c & 0x80) == 0 && c != 0x1B; });
  return is_ascii ? std::string(raw) : DecodeText(raw, CharacterSets(item));
}

}  // namespace

std::string DicomText(DcmItem& item, const DcmTagKey& key, unsigned long index) {
  const std::string values = DecodedValues(item, key);
  std::size_t from = 0;
  for (; index > 0; --index) {
    from = values.find('\\', from);
    if (from == std::string::npos) return {};
    ++from;
  }
  return CleanText(std::string_view(values).substr(from, values.find('\\', from) - from));
}

std::vector<std::string> DicomTexts(DcmItem& item, const DcmTagKey& key) {
  // More values than any header has; a hostile one may claim millions.
  constexpr std::size_t kMost = 64;
  const std::string text = DecodedValues(item, key);
  std::vector<std::string> values;
  for (std::size_t from = 0; !text.empty() && from <= text.size() && values.size() < kMost;) {
    const std::size_t to = std::min(text.find('\\', from), text.size());
    values.push_back(CleanText(std::string_view(text).substr(from, to - from)));
    from = to + 1;
  }
  return values;
}

std::optional<double> DicomNumber(DcmItem& item, const DcmTagKey& key, unsigned long index) {
  std::string text = DicomText(item, key, index);
  std::replace(text.begin(), text.end(), ',', '.');
  if (!text.empty() && text.front() == '+') text.erase(0, 1);
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<int> DicomUnsigned(DcmItem& item, const DcmTagKey& key) {
  Uint16 value = 0;
  if (item.findAndGetUint16(key, value).good()) return value;
  return std::nullopt;
}

DcmItem* DicomSequenceItem(DcmItem& item, const DcmTagKey& key, unsigned long index) {
  DcmItem* found = nullptr;
  if (item.findAndGetSequenceItem(key, found, static_cast<long>(index)).bad()) return nullptr;
  return found;
}

}  // namespace mhcnn
