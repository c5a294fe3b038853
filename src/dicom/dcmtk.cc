#include "dicom/dcmtk.h"

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
#include <stdexcept>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/text.h"
#include "dicom/dictionary.h"
#include "dicom/mend.h"
#include "dicom/structure.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

std::string CleanText(std::string_view raw) {
  const std::string text = PrintableText(raw);
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
    if (const std::string problem = UseOwnDictionary(); !problem.empty()) {
      throw Error(ErrorCode::kInternal, problem, {}, "run mhcnn doctor");
    }
  });
}

namespace {

OFCondition Load(const fs::path& path, DicomFile& file) {
  const FileBytes content(path);
  DicomStructure structure = ReadDicomStructure(content.bytes());
  file.flags = structure.flags;
  try {
    if (!structure.odd) {
      const OFCondition status = file.loadFile(OFFilename(path.c_str()));
      if (status.good() || !structure.whole_picture) return status;
    }
    return LoadMended(content.bytes(), structure, file);
  } catch (const std::logic_error&) {
    // The toolkit's strings throw on some malformed directory records (3.6.7, found by fuzzing).
    return EC_CorruptedData;
  }
}

}  // namespace

std::unique_ptr<DicomFile> LoadDicom(const fs::path& path) {
  InitDcmtk();
  auto file = std::make_unique<DicomFile>();
  OFCondition status = EC_CorruptedData;
  try {
    status = Load(path, *file);
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
    throw Error(ErrorCode::kCorrupt, "holds no DICOM elements", path.string(),
                "it is cut short, damaged, or not DICOM");
  }
  return file;
}

std::string DicomText(DcmItem& item, const DcmTagKey& key, unsigned long index) {
  OFString value;
  if (item.findAndGetOFString(key, value, index).bad()) return {};
  return CleanText({value.c_str(), value.length()});
}

std::vector<std::string> DicomTexts(DcmItem& item, const DcmTagKey& key) {
  // More values than any header has; a hostile one may claim millions.
  constexpr unsigned long kMost = 64;
  std::vector<std::string> values;
  DcmElement* element = nullptr;
  if (item.findAndGetElement(key, element).bad() || element == nullptr) return values;
  const unsigned long count = std::min<unsigned long>(element->getVM(), kMost);
  for (unsigned long i = 0; i < count; ++i) values.push_back(DicomText(item, key, i));
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
