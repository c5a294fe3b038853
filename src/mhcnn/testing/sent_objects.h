#pragma once

#include <string>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/service/deliver/sender.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn::testing_support {

/// Writes a DICOM object of this kind that can be sent.
inline OutgoingObject MakeObject(const ScratchFolder& folder, const std::string& name) {
  const auto path = folder / (name + ".dcm");
  // Of one's own, as the writer makes UIDs from the content.
  WriteChanged(path, [](DcmDataset& dataset) {
    for (const auto& tag : {DCM_SOPInstanceUID, DCM_SeriesInstanceUID, DCM_StudyInstanceUID}) {
      char uid[100];
      dataset.putAndInsertString(tag, dcmGenerateUniqueIdentifier(uid));
    }
  });
  const auto file = LoadDicom(path);
  OutgoingObject object;
  object.study_uid = DicomText(*file->getDataset(), DCM_StudyInstanceUID);
  object.sop_uid = DicomText(*file->getDataset(), DCM_SOPInstanceUID);
  object.sop_class_uid = DicomText(*file->getDataset(), DCM_SOPClassUID);
  object.kind = "sc";
  object.path = path;
  object.digest = FileSha256(path);
  return object;
}

/// Writes a file that is no DICOM object.
inline OutgoingObject MakeTextObject(const ScratchFolder& folder, const std::string& name,
                                     const std::string& text) {
  const auto path = folder / name;
  WriteFileAtomically(path, text);
  return {"1.2.3", name, "", "fhir", path, Sha256Hex(text)};
}

/// Results of sent objects: the outcomes by position, and how often each was reported.
struct Outcomes {
  std::vector<SendOutcome> outcomes;
  std::vector<int> reported;

  std::string Word(std::size_t index) const {
    if (reported[index] == 0) return "untried";
    if (reported[index] > 1) return "reported twice";
    switch (outcomes[index].result) {
      case SendResult::kStored:
        return "stored";
      case SendResult::kTransient:
        return "transient";
      case SendResult::kPermanent:
        break;
    }
    return "permanent";
  }
  std::vector<std::string> Words() const {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < reported.size(); ++i) words.push_back(Word(i));
    return words;
  }
};

/// Sends the objects; `pieces` limits how often the sender may continue.
inline Outcomes SendAll(Sender& sender, const std::vector<OutgoingObject>& objects,
                        int pieces = 1000) {
  Outcomes outcomes{std::vector<SendOutcome>(objects.size()), std::vector<int>(objects.size(), 0)};
  SendHooks hooks;
  hooks.may_send = [&](std::uint64_t) { return pieces-- > 0; };
  hooks.ended = [&](std::size_t index, const SendOutcome& outcome) {
    outcomes.outcomes[index] = outcome;
    ++outcomes.reported[index];
  };
  sender.Send(objects, hooks);
  return outcomes;
}

}  // namespace mhcnn::testing_support
