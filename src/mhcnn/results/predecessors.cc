#include "mhcnn/results/predecessors.h"

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

std::optional<ObjectOptions::Predecessor> ReadOne(const fs::path& path) {
  const auto file = LoadDicom(path);
  DcmDataset& dataset = *file->getDataset();
  if (DicomText(dataset, DCM_Modality) != "SR" ||
      DicomText(dataset, DCM_Manufacturer) != kObjectManufacturer) {
    return std::nullopt;
  }
  return ObjectOptions::Predecessor{
      DicomText(dataset, DCM_StudyInstanceUID), DicomText(dataset, DCM_SeriesInstanceUID),
      DicomText(dataset, DCM_SOPClassUID), DicomText(dataset, DCM_SOPInstanceUID)};
}

}  // namespace

std::vector<ObjectOptions::Predecessor> ReadPredecessors(const fs::path& path) {
  std::vector<fs::path> files;
  std::error_code ec;
  const bool folder = fs::is_directory(path, ec);
  if (folder) {
    for (fs::recursive_directory_iterator walk(path, ec), end; !ec && walk != end;
         walk.increment(ec)) {
      ThrowIfInterrupted();
      if (walk->path().extension() == ".dcm") files.push_back(walk->path());
    }
  } else {
    files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  std::vector<ObjectOptions::Predecessor> found;
  for (const auto& file : files) {
    try {
      if (auto earlier = ReadOne(file)) found.push_back(std::move(*earlier));
    } catch (const Error&) {
      if (!folder) throw;
    }
  }
  if (found.empty()) {
    throw Error(ErrorCode::kUsage, "contains no SR document of mhcnn", path.string(),
                "name sr.dcm or cad.dcm of an earlier run, or the folder they are in");
  }
  return found;
}

}  // namespace mhcnn
