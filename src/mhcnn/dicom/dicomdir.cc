#include "mhcnn/dicom/dicomdir.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Returns "IM000001" of "IM000001.;1", "im000001.dcm" and the like, in lower case: without the
/// version that some systems show of a CD's files (ISO 9660 7.5.1), and without an extension, which
/// no File ID has (PS3.10 8.2).
std::string StripVersion(const std::string& name, bool with_extension) {
  std::string bare = ToLower(name);
  const auto version = bare.find_last_of(';');
  if (version != std::string::npos && version > 0 &&
      bare.find_first_not_of("0123456789", version + 1) == std::string::npos) {
    bare.resize(version);
  }
  if (!with_extension) bare = fs::path(bare).stem().string();
  while (bare.size() > 1 && bare.back() == '.') bare.pop_back();
  return bare;
}

/// Returns how well a name in a folder matches a component of a File ID; 0: not at all.
int RankCandidate(const fs::path& entry, const std::string& component, bool is_last) {
  const std::string name = entry.filename().string();
  if (StripVersion(name, true) == StripVersion(component, true)) return 4;
  std::error_code ec;
  if (!is_last || StripVersion(name, false) != StripVersion(component, false) ||
      !fs::is_regular_file(entry, ec)) {
    return 0;
  }
  if (SniffFileKind(entry) != FileKind::kDicom) return 0;
  return StripVersion(name, true).ends_with(".dcm") ? 3 : 2;
}

/// Finds a file by a component of its File ID: media are often copied to file systems that change
/// the case of names, and by programs that add extensions to them.
fs::path FindExistingFile(const fs::path& folder, const std::string& component, bool is_last) {
  const fs::path straight = folder / component;
  std::error_code ec;
  if (fs::exists(straight, ec)) return straight;
  fs::path best = straight;
  int likeness = 0;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    const int here = RankCandidate(entry.path(), component, is_last);
    // The first by name of several, so that the order of a folder's entries does not matter.
    if (here > likeness || (here == likeness && here > 0 && entry.path() < best)) {
      best = entry.path();
      likeness = here;
    }
  }
  return best;
}

/// Components of a Referenced File ID; some writers put a path into one. Nothing where it leads out
/// of the medium.
std::vector<std::string> ReadFileIdComponents(DcmItem& record) {
  std::vector<std::string> components;
  for (const auto& value : DicomTexts(record, DCM_ReferencedFileID)) {
    std::istringstream parts(value);
    for (std::string part; std::getline(parts, part, '/');) {
      if (part == "..") return {};
      if (!part.empty() && part != ".") components.push_back(part);
    }
  }
  return components;
}

}  // namespace

bool IsDicomDir(const fs::path& path) {
  const std::string name = path.filename().string();
  if (StripVersion(name, true) == "dicomdir") return true;
  return StripVersion(name, false) == "dicomdir" && SniffFileKind(path) == FileKind::kDicom;
}

std::vector<fs::path> ReadDicomDir(const fs::path& path) {
  const auto file = LoadDicom(path);
  DcmSequenceOfItems* records = nullptr;
  if (file->getDataset()->findAndGetSequence(DCM_DirectoryRecordSequence, records).bad() ||
      records == nullptr) {
    throw Error(ErrorCode::kCorrupt, "contains no directory records", path.string(),
                "give the folder itself");
  }
  std::vector<fs::path> files;
  for (unsigned long i = 0; i < records->card(); ++i) {
    DcmItem& record = *records->getItem(i);
    if (DicomText(record, DCM_DirectoryRecordType) != "IMAGE") continue;
    const auto components = ReadFileIdComponents(record);
    if (components.empty()) continue;
    fs::path image = path.parent_path();
    for (std::size_t k = 0; k < components.size(); ++k) {
      image = FindExistingFile(image, components[k], k + 1 == components.size());
    }
    files.push_back(image);
  }
  return files;
}

}  // namespace mhcnn
