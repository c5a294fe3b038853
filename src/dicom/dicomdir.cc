#include "dicom/dicomdir.h"

#include <algorithm>

#include "base/error.h"
#include "dicom/dcmtk.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Media are often copied to file systems that change the case of names.
fs::path Existing(const fs::path& folder, const std::string& component) {
  const fs::path straight = folder / component;
  std::error_code ec;
  if (fs::exists(straight, ec)) return straight;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    if (Lower(entry.path().filename().string()) == Lower(component)) return entry.path();
  }
  return straight;
}

}  // namespace

bool IsDicomDir(const fs::path& path) { return Lower(path.filename().string()) == "dicomdir"; }

std::vector<fs::path> ReadDicomDir(const fs::path& path) {
  const auto file = LoadDicom(path);
  DcmSequenceOfItems* records = nullptr;
  if (file->getDataset()->findAndGetSequence(DCM_DirectoryRecordSequence, records).bad() ||
      records == nullptr) {
    throw Error(ErrorCode::kCorrupt, "holds no directory records", path.string(),
                "give the folder itself");
  }
  std::vector<fs::path> files;
  for (unsigned long i = 0; i < records->card(); ++i) {
    DcmItem& record = *records->getItem(i);
    if (DicomText(record, DCM_DirectoryRecordType) != "IMAGE") continue;
    fs::path image = path.parent_path();
    bool within = true;
    const auto components = DicomTexts(record, DCM_ReferencedFileID);
    for (const auto& component : components) {
      within = within && !component.empty() && component != ".." &&
               component.find('/') == std::string::npos;
      if (within) image = Existing(image, component);
    }
    if (within && !components.empty()) files.push_back(image);
  }
  return files;
}

}  // namespace mhcnn
