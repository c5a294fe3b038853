#include "mhcnn/service/deliver/sender.h"

#include "mhcnn/service/deliver/dicom_sender.h"
#include "mhcnn/service/deliver/fhir_sender.h"
#include "mhcnn/service/deliver/folder_sender.h"
#include "mhcnn/service/deliver/stow_sender.h"

namespace mhcnn {

std::unique_ptr<Sender> Sender::Create(const DestinationConfig& destination) {
  switch (destination.kind) {
    case DestinationConfig::Kind::kDicom:
      return std::make_unique<DicomSender>(destination);
    case DestinationConfig::Kind::kStow:
      return std::make_unique<StowSender>(destination);
    case DestinationConfig::Kind::kFhir:
      return std::make_unique<FhirSender>(destination);
    case DestinationConfig::Kind::kFolder:
      break;
  }
  return std::make_unique<FolderSender>(destination);
}

void ReportRest(std::size_t first, std::size_t count, const SendOutcome& outcome,
                const SendHooks& hooks) {
  for (std::size_t i = first; i < count; ++i) hooks.ended(i, outcome);
}

}  // namespace mhcnn
