#include "mhcnn/dicom/dictionary.h"

#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "mhcnn/base/embedded_file.h"
#include "mhcnn/base/write_all.h"
#include "mhcnn/dicom/dcmtk.h"
// After the toolkit's configuration.
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>

// The toolkit's dicom.dic as it was when this program was built.
MHCNN_EMBED(mhcnn_dicom_dictionary, MHCNN_DICOM_DICTIONARY);

namespace mhcnn {
namespace {

/// One of each kind that reading a picture rests on.
struct Known {
  DcmTagKey key;
  DcmEVR vr;
};

std::string FindDictionaryProblem(const DcmDataDictionary& dictionary) {
  const std::array<Known, 6> known = {{{DCM_Rows, EVR_US},
                                       {DCM_NumberOfFrames, EVR_IS},
                                       {DCM_WindowCenter, EVR_DS},
                                       {DCM_SOPClassUID, EVR_UI},
                                       {DCM_ViewCodeSequence, EVR_SQ},
                                       {DCM_PixelData, EVR_px}}};
  for (const Known& one : known) {
    const DcmDictEntry* entry = dictionary.findEntry(one.key, nullptr);
    if (entry == nullptr || (entry->getEVR() != one.vr && one.vr != EVR_px)) {
      return "the DICOM data dictionary lacks or misnames an element that pictures need";
    }
  }
  return {};
}

/// Returns the descriptor of an open file from which the toolkit can read the dictionary.
int DictionaryFile() {
  const std::string_view text = MHCNN_EMBEDDED(mhcnn_dicom_dictionary);
  const int file = ::memfd_create("dicom.dic", MFD_CLOEXEC);
  // FindDictionaryProblem() finds a dictionary that was cut.
  if (file >= 0 && !WriteAll(file, text)) spdlog::debug("the DICOM data dictionary is not whole");
  return file;
}

}  // namespace

std::string InstallEmbeddedDictionary() {
  const int file = DictionaryFile();
  DcmDataDictionary& dictionary = dcmDataDict.wrlock();
  dictionary.reloadDictionaries(OFFalse, OFFalse);
  const bool loaded = dictionary.loadDictionary(("/proc/self/fd/" + std::to_string(file)).c_str());
  const std::string problem =
      loaded ? FindDictionaryProblem(dictionary) : "the DICOM data dictionary cannot be loaded";
  dcmDataDict.wrunlock();
  if (file >= 0) ::close(file);
  return problem;
}

DictionaryState DicomDictionaryState() {
  InitDcmtk();
  const DcmDataDictionary& dictionary = dcmDataDict.rdlock();
  const DictionaryState state{dictionary.numberOfEntries(), FindDictionaryProblem(dictionary)};
  dcmDataDict.rdunlock();
  return state;
}

}  // namespace mhcnn
